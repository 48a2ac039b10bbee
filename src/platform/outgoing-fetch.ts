import { fetch } from 'undici';
import { createOutgoingAgent } from './outgoing-agent.ts';

type OutgoingInit = {
  readonly method: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};

const agent = createOutgoingAgent({ reach: 'private' });

/** `fetch` for addresses that the operator configured: not where machines get their credentials, no redirects. */
export const fetchConfigured = async (url: string | URL, init: OutgoingInit): Promise<Response> => {
  const { method, body, signal } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  return fetch(url, {
    method,
    headers,
    signal,
    redirect: 'error',
    dispatcher: agent,
    ...(body !== undefined && { body }),
  });
};
