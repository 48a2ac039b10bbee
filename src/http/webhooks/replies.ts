import type { Endpoint } from '../../webhooks/index.ts';
import { invalid, notFound } from '../server/problem.ts';
import type { Loading, Replay, Reply } from '../server/route.ts';
import type { WebhookDeps } from './deps.ts';

/** The part of a webhook that is its name in replies. */
const STREAM = 'webhook-';

export const webhookBody = (endpoint: Endpoint) => {
  const { id, url, types, description, enabled, disabled_reason, position, held, parked, ...rest } = endpoint;
  return {
    ...{ id, url, types, description, enabled, disabled_reason, position: String(position), held, parked },
    failing_since: rest.failing_since,
    last_accepted_at: rest.last_accepted_at,
    created_at: rest.created_at,
    updated_at: rest.updated_at,
  };
};

const atOf = ({ id, generation }: Endpoint) => ({ stream: `${STREAM}${id}`, revision: BigInt(generation) });

/** A webhook as it now is. */
export const webhookReply = async ({ endpoints }: WebhookDeps, id: string, status = 200): Promise<Reply> => {
  const found = await endpoints.find(id);
  if (found === undefined) throw notFound('webhook');
  return { status, body: webhookBody(found), at: atOf(found) };
};

/** The same with its secret, which only the creator is shown. */
export const secretReply = async (deps: WebhookDeps, id: string, status = 200): Promise<Reply> => {
  const reply = await webhookReply(deps, id, status);
  return { ...reply, body: { ...(reply.body as object), secret: await deps.endpoints.secretOf(id) } };
};

/** Of a repeated request: the webhook that the first one answered. */
export const idAt = (place: { readonly stream: string } | undefined): string =>
  place?.stream.slice(STREAM.length) ?? '';

export const loadWebhook =
  ({ endpoints }: WebhookDeps) =>
  async ({ params: { id } }: Loading) => {
    const found = await endpoints.find(id ?? '');
    return found === undefined ? undefined : { ...found, revision: BigInt(found.generation) };
  };

/** Rejects a URL that events may not be sent to. */
export const demandUrl = async ({ check }: WebhookDeps, url: string): Promise<void> => {
  const checked = await check(url);
  if (!checked.ok) throw invalid([{ field: 'url', message: `must be ${checked.expected}` }]);
};

/** `*` beside others says the same as alone. */
export const settleTypes = (types: readonly string[]): readonly string[] =>
  types.includes('*') ? ['*'] : [...new Set(types)];

/** A repeated request is answered with the webhook as it is then. */
export const replayWebhook =
  (deps: WebhookDeps): Replay =>
  ({ params: { id } }) =>
    webhookReply(deps, id ?? '');
