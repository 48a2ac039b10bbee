import { Type } from '@sinclair/typebox';
import type { Replay } from '../server/route.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { webhookResponse } from './schemas.ts';
import { loadWebhook, webhookReply, type WebhookDeps } from './webhook-deps.ts';
import { webhookExample } from './examples.ts';

export const TAG = 'Webhooks';
export const MAY_READ = { admin: 'any', auditor: 'any' } as const;
export const MAY_WRITE = { admin: 'any' } as const;

const params = strictObject({ id: Type.String({ description: 'Id of the webhook.' }) });

/** What routes have in common that name a webhook. */
export const namedIn = (deps: WebhookDeps) => ({ tag: TAG, params, load: loadWebhook(deps) }) as const;

export const one = (description: string) =>
  ({ 200: { description, body: webhookResponse, example: webhookExample } }) as const;

/** A repeated request is answered with the webhook as it is then. */
export const replayIn =
  (deps: WebhookDeps): Replay =>
  ({ params: { id } }) =>
    webhookReply(deps, id ?? '');
