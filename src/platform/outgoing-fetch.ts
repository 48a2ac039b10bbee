import { fetch } from 'undici';
import { createOutgoingAgent } from './outgoing-agent.ts';

type OutgoingInit = {
  readonly method: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** `manual`: the answer itself is given. Default: a redirect is an error. None is ever followed. */
  readonly redirect?: 'error' | 'manual';
};

const agent = createOutgoingAgent({ reach: 'private' });

/** `fetch` for addresses that the operator configured: not where machines get their credentials, no redirects. */
export const fetchConfigured = async (url: string | URL, init: OutgoingInit): Promise<Response> => {
  const { method, body, signal, redirect = 'error' } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  return fetch(url, {
    method,
    headers,
    signal,
    redirect,
    dispatcher: agent,
    ...(body !== undefined && { body }),
  });
};
