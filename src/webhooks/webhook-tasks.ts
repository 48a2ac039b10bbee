import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import type { EventStore } from '../event-store/port.ts';
import type { Deliveries } from './deliveries.ts';
import type { Endpoints } from './endpoints.ts';
import { logAttempts } from './progress.ts';
import { attemptOf, createTry, type Attempting } from './attempt.ts';
import { HEAD_TYPE, headBody, testBody } from './message-body.ts';
import { defineTask } from '../jobs/task.ts';

type SendWebhookDeps = Attempting & {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly endpoints: Endpoints;
  readonly deliveries: Deliveries;
};

/** Sends an event once more, because a person asked for it: one attempt, at once. The log says what became of it. */
const redeliverWebhook = defineTask({
  name: 'redeliver-webhook',
  payload: Type.Object({ webhook_id: Type.String(), delivery_id: Type.String() }),
  run: async ({ webhook_id, delivery_id }, deps: SendWebhookDeps) => {
    const { db, store, endpoints, deliveries, clock } = deps;
    const recipient = await endpoints.recipient(webhook_id);
    const delivery = await deliveries.find(webhook_id, delivery_id);
    if (recipient === undefined || delivery === undefined) return;
    const { stream, revision } = delivery;
    const [event] = await store.readStream(stream, { from: BigInt(revision), limit: 1 });
    if (event === undefined) return;
    const how = { cause: 'redelivery', attempt: delivery.attempt + 1 } as const;
    const { attempt } = await createTry(deps)(recipient, event, how);
    await logAttempts(db, webhook_id, [attempt]);
    if (attempt.outcome === 'accepted') await deliveries.settle(webhook_id, event.id, new Date(clock.now()));
  },
});

/** Sends a message that says nothing, because a person wants to see whether it arrives. */
const testWebhook = defineTask({
  name: 'test-webhook',
  payload: Type.Object({ webhook_id: Type.String(), message_id: Type.String() }),
  run: async ({ webhook_id, message_id: id }, { db, endpoints, clock, send }: SendWebhookDeps) => {
    const recipient = await endpoints.recipient(webhook_id);
    if (recipient === undefined) return;
    const [at, started] = [clock.now(), performance.now()];
    const delivered = await send(recipient, { id, body: testBody(id, at), at });
    const event = { id, type: 'WebhookTested', stream: 'webhook-test', revision: 0n, position: 0n };
    const ms = Math.round(performance.now() - started);
    await logAttempts(db, webhook_id, [attemptOf(event, delivered, { cause: 'test', attempt: 1, ms, at })]);
  },
});

/** Sends a new head of the log. It is tried again until the endpoint accepts it or a newer head takes its place. */
const sendHead = defineTask({
  name: 'send-head',
  payload: Type.Object({
    webhook_id: Type.String(),
    id: Type.String(),
    size: Type.Number(),
    note: Type.String(),
    at: Type.Number(),
  }),
  about: ({ webhook_id }) => webhook_id,
  run: async ({ webhook_id, ...head }, { db, endpoints, clock, send }: SendWebhookDeps, { attempt }) => {
    const [endpoint, recipient] = [await endpoints.find(webhook_id), await endpoints.recipient(webhook_id)];
    if (recipient === undefined || endpoint?.enabled !== true) return;
    const [at, started] = [clock.now(), performance.now()];
    const delivered = await send(recipient, { id: head.id, body: headBody(head), at });
    const event = { id: head.id, type: HEAD_TYPE, stream: 'log', revision: 0n, position: 0n };
    const ms = Math.round(performance.now() - started);
    await logAttempts(db, webhook_id, [attemptOf(event, delivered, { cause: 'event', attempt, ms, at })]);
    if (delivered.outcome === 'failed')
      throw new Error(`the head of ${head.size} events was not accepted: ${delivered.reason}`);
  },
});

const deleteOldDeliveries = defineTask({
  name: 'delete-old-deliveries',
  payload: Type.Object({}),
  run: (_, { deliveries }: Pick<SendWebhookDeps, 'deliveries'>) => deliveries.deleteOld(),
});

/** The jobs for webhooks; `dispatcher.ts` delivers new events. */
export const webhookTasks = [redeliverWebhook, testWebhook, sendHead, deleteOldDeliveries] as const;
