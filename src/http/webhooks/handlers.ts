import { v5 as uuidv5 } from 'uuid';
import { preconditionFailed } from '../server/conventions.ts';
import { nextLink } from '../server/paging.ts';
import { invalid, notFound } from '../server/problem.ts';
import { keyReused } from '../server/to-problem.ts';
import { bind, replayKept, type Bound } from '../server/route.ts';
import type { WebhookDeps } from './deps.ts';
import {
  demandUrl,
  idAt,
  loadWebhook,
  replayWebhook,
  secretReply,
  settleTypes,
  webhookBody,
  webhookReply,
} from './replies.ts';
import { GRACE_HOURS, webhookSpecs } from './routes.ts';

const WEBHOOK_IDS = '5d8f4c1e-2a53-5b0a-9f43-0d8d3c1c7b52';

export const bindWebhooks = (deps: WebhookDeps): Bound<typeof webhookSpecs> => {
  const { endpoints, deliveries, head, enqueue } = deps;
  const load = loadWebhook(deps);
  const replay = replayWebhook(deps);
  return bind(webhookSpecs, {
    listWebhooks: { handle: async () => ({ status: 200, body: (await endpoints.list()).map(webhookBody) }) },
    createWebhook: {
      handle: async ({ body: { url, types, description }, context }) => {
        await demandUrl(deps, url);
        const id = uuidv5(context.command_id, WEBHOOK_IDS);
        const position = await head();
        const fresh = { id, url, types: settleTypes(types), description: description ?? null, position };
        const creation = await endpoints.create(fresh, context.request?.request_hash);
        if (creation === 'other_request') throw keyReused();
        return { ...(await secretReply(deps, id, 201)), isRepeated: creation === 'repeated' };
      },
      replay: (_request, place, status) => secretReply(deps, idAt(place), status),
    },
    getWebhook: { load, handle: ({ subject }) => webhookReply(deps, subject.id) },
    changeWebhook: {
      load,
      handle: async ({ subject, body: { types, ...change }, expected }) => {
        if (change.url !== undefined) await demandUrl(deps, change.url);
        const revision = expected === undefined ? undefined : Number(expected);
        const changed = await endpoints.change(
          subject.id,
          { ...change, ...(types && { types: settleTypes(types) }) },
          revision,
        );
        if (!changed) throw preconditionFailed();
        return webhookReply(deps, subject.id);
      },
      replay,
    },
    deleteWebhook: {
      load,
      handle: async ({ subject }) => {
        await endpoints.remove(subject.id);
        return { status: 204 };
      },
      replay: (_request, _place, status) => Promise.resolve({ status }),
    },
    rotateWebhookSecret: {
      load,
      handle: async ({ subject, context }) => {
        await endpoints.rotate(subject.id, context.command_id, GRACE_HOURS);
        return secretReply(deps, subject.id);
      },
      replay: ({ params: { id } }) => secretReply(deps, id ?? ''),
    },
    replayWebhook: {
      load,
      handle: async ({ subject, body: { after } }) => {
        if (await endpoints.replay(subject.id, BigInt(after))) return webhookReply(deps, subject.id);
        throw invalid([
          {
            field: 'after',
            message: `must not be after the position of the webhook, ${subject.position}`,
            received: after,
          },
        ]);
      },
      replay,
    },
    redeliverWebhook: {
      load,
      handle: async ({ subject: { id }, body: { delivery_id }, context }) => {
        const delivery = await deliveries.find(id, delivery_id);
        if (delivery === undefined || delivery.cause === 'test') throw notFound('delivery');
        const payload = { webhook_id: id, delivery_id };
        await enqueue({ task: 'redeliver-webhook', payload, key: `redeliver-webhook:${context.command_id}` });
        return { status: 202, body: { id: delivery.event_id }, keepsBody: true };
      },
      replay: replayKept,
    },
    testWebhook: {
      load,
      handle: async ({ subject: { id }, context: { command_id } }) => {
        const payload = { webhook_id: id, message_id: command_id };
        await enqueue({ task: 'test-webhook', payload, key: `test-webhook:${command_id}` });
        return { status: 202, body: { id: command_id }, keepsBody: true };
      },
      replay: replayKept,
    },
    listWebhookDeliveries: {
      load,
      handle: async ({ subject, query: { outcome, limit = 20, cursor }, path, search }) => {
        const found = await deliveries.list(subject.id, { outcome, before: cursor, limit });
        const last = found.at(-1);
        const headers =
          found.length < limit || last === undefined ? {} : { Link: nextLink(path, search, { cursor: last.id }) };
        return { status: 200, body: found, headers };
      },
    },
  });
};
