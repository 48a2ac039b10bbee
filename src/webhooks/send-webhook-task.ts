import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import type { EventStore } from '../event-store/port.ts';
import type { Deliveries } from './deliveries.ts';
import type { Endpoints } from './endpoints.ts';
import { logAttempts } from './progress.ts';
import { attemptOf, createTry, type Attempting } from './attempt.ts';
import { testBody } from './message-body.ts';
import { task, type Task } from '../jobs/task.ts';

export type SendWebhookDeps = Attempting & {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly endpoints: Endpoints;
  readonly deliveries: Deliveries;
};

/** What a person asks for by hand: one attempt, at once, whatever else waits. The log says what became of it. */
export const sendWebhookTasks = (deps: SendWebhookDeps): readonly Task[] => {
  const { db, store, endpoints, deliveries, clock, send } = deps;
  const tryOnce = createTry(deps);
  return [
    task(
      'redeliver-webhook',
      Type.Object({ webhook_id: Type.String(), delivery_id: Type.String() }),
      async (payload) => {
        const recipient = await endpoints.recipient(payload.webhook_id);
        const delivery = await deliveries.find(payload.webhook_id, payload.delivery_id);
        if (recipient === undefined || delivery === undefined) return;
        const { stream, revision } = delivery;
        const [event] = await store.readStream(stream, { from: BigInt(revision), limit: 1 });
        if (event === undefined) return;
        const { attempt } = await tryOnce(recipient, event, { cause: 'redelivery', attempt: delivery.attempt + 1 });
        await logAttempts(db, payload.webhook_id, [attempt]);
        if (attempt.outcome === 'accepted')
          await deliveries.settle(payload.webhook_id, event.id, new Date(clock.now()));
      },
    ),
    task('test-webhook', Type.Object({ webhook_id: Type.String(), message_id: Type.String() }), async (payload) => {
      const recipient = await endpoints.recipient(payload.webhook_id);
      if (recipient === undefined) return;
      const [id, at, started] = [payload.message_id, clock.now(), performance.now()];
      const delivered = await send(recipient, { id, body: testBody(id, at), at });
      const event = { id, type: 'WebhookTested', stream: 'webhook-test', revision: 0n, position: 0n };
      const ms = Math.round(performance.now() - started);
      await logAttempts(db, payload.webhook_id, [attemptOf(event, delivered, { cause: 'test', attempt: 1, ms, at })]);
    }),
    task('delete-old-deliveries', Type.Object({}), deliveries.deleteOld),
  ];
};
