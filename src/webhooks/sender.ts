import type { OutgoingPost, Posted } from '../platform/outgoing-post.ts';
import { signedHeaders } from './signature.ts';

export type Recipient = {
  readonly url: string;
  /** The signing secrets; the current one first. */
  readonly secrets: readonly string[];
};

/** The outcome of a message. `gone`: the endpoint asked for no more messages. */
export type Delivered =
  | { readonly outcome: 'accepted'; readonly status: number }
  | { readonly outcome: 'failed' | 'gone'; readonly status: number | null; readonly reason: string };

export type SendWebhook = (
  recipient: Recipient,
  message: { readonly id: string; readonly body: string; /** Milliseconds since 1970. */ readonly at: number },
  signal?: AbortSignal,
) => Promise<Delivered>;

const GONE = 410;

const verdict = (posted: Posted): Delivered => {
  if ('failed' in posted) return { outcome: 'failed', status: null, reason: posted.failed };
  const { status } = posted;
  if (status >= 200 && status < 300) return { outcome: 'accepted', status };
  return { outcome: status === GONE ? 'gone' : 'failed', status, reason: `it answered ${status}` };
};

export const createSendWebhook =
  ({ send }: Pick<OutgoingPost, 'send'>): SendWebhook =>
  async ({ url, secrets }, { id, body, at }, signal) => {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Waybill-Webhooks/1',
      ...signedHeaders({ id, body, timestamp: Math.floor(at / 1_000) }, secrets),
    };
    return verdict(await send({ url, headers, body, ...(signal !== undefined && { signal }) }));
  };
