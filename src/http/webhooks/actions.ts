import { invalid, notFound } from '../server/problem.ts';
import { route, type Route } from '../server/route.ts';
import { queuedResponse, redeliverBody, replayBody, webhookWithSecret } from './schemas.ts';
import { secretReply, webhookReply, type WebhookDeps } from './webhook-deps.ts';
import { queuedExample, secretExample } from './examples.ts';
import { MAY_WRITE, namedIn, one, replayIn } from './webhook-shared.ts';

/** A secret that was exchanged is used beside the new one for so long. */
const GRACE_HOURS = 24;

const queued = {
  202: { description: 'Asked for; the log says what became of it.', body: queuedResponse, example: queuedExample },
} as const;

/** What a person does with a webhook by hand. */
export const webhookActionRoutes = (deps: WebhookDeps): readonly Route[] => {
  const named = namedIn(deps);
  return [
    route(
      {
        ...named,
        methods: ['POST'],
        path: '/admin/webhooks/:id/rotate-secret',
        operationId: 'rotateWebhookSecret',
        summary: 'Exchange the secret',
        description: `For ${GRACE_HOURS} hours messages carry two signatures, by the new secret and by the one before.`,
        permission: MAY_WRITE,
        answers: { 200: { description: 'With the new secret.', body: webhookWithSecret, example: secretExample } },
      },
      async ({ subject, context }) => {
        await deps.endpoints.rotate(subject.id, context.command_id, GRACE_HOURS);
        return secretReply(deps, subject.id);
      },
      ({ params: { id } }) => secretReply(deps, id ?? ''),
    ),
    route(
      {
        ...named,
        methods: ['POST'],
        path: '/admin/webhooks/:id/replay',
        operationId: 'replayWebhook',
        summary: 'Send everything after a position again',
        description:
          'In order; what is new comes after it. Messages keep their ids, so a receiver can tell what it knows.',
        permission: MAY_WRITE,
        body: replayBody,
        example: { after: '0' },
        answers: one('Where it now stands.'),
      },
      async ({ subject, body: { after } }) => {
        if (await deps.endpoints.replay(subject.id, BigInt(after))) return webhookReply(deps, subject.id);
        throw invalid([
          { field: 'after', message: `must not be beyond its position, ${subject.position}`, received: after },
        ]);
      },
      replayIn(deps),
    ),
    route(
      {
        ...named,
        methods: ['POST'],
        path: '/admin/webhooks/:id/redeliver',
        operationId: 'redeliverWebhook',
        summary: 'Send one event of the log again, at once',
        permission: MAY_WRITE,
        body: redeliverBody,
        example: { delivery_id: '17' },
        answers: queued,
      },
      async ({ subject: { id }, body: { delivery_id }, context }) => {
        const delivery = await deps.deliveries.find(id, delivery_id);
        if (delivery === undefined || delivery.cause === 'test') throw notFound('delivery');
        const payload = { webhook_id: id, delivery_id };
        await deps.enqueue({ task: 'redeliver-webhook', payload, key: `redeliver-webhook:${context.command_id}` });
        return { status: 202, body: { id: delivery.event_id }, keepsBody: true };
      },
      (_, _place, status, body) => Promise.resolve({ status, body }),
    ),
    route(
      {
        ...named,
        methods: ['POST'],
        path: '/admin/webhooks/:id/test',
        operationId: 'testWebhook',
        summary: 'Send a message of type WebhookTested',
        permission: MAY_WRITE,
        answers: queued,
      },
      async ({ subject: { id }, context: { command_id } }) => {
        const payload = { webhook_id: id, message_id: command_id };
        await deps.enqueue({ task: 'test-webhook', payload, key: `test-webhook:${command_id}` });
        return { status: 202, body: { id: command_id }, keepsBody: true };
      },
      (_, _place, status, body) => Promise.resolve({ status, body }),
    ),
  ];
};
