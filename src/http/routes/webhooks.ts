import { v5 as uuidv5 } from 'uuid';
import { Type } from '@sinclair/typebox';
import { preconditionFailed } from '../conventions.ts';
import { invalid, notFound } from '../problem.ts';
import { route, type Replay, type Route } from '../route.ts';
import { strictObject } from '../schemas/fields.ts';
import {
  changeWebhookBody,
  createWebhookBody,
  queuedResponse,
  redeliverBody,
  replayBody,
  webhookResponse,
  webhookWithSecret,
} from '../schemas/webhook.ts';
import {
  demandUrl,
  idAt,
  loadWebhook,
  secretReply,
  settleTypes,
  webhookBody,
  webhookReply,
  type WebhookDeps,
} from '../webhooks/webhook-deps.ts';
import { queuedExample, secretExample, webhookExample } from './webhook-examples.ts';

const TAG = 'Webhooks';
const WEBHOOK_IDS = '5d8f4c1e-2a53-5b0a-9f43-0d8d3c1c7b52';
/** A secret that was exchanged is used beside the new one for so long. */
const GRACE_HOURS = 24;
const MAY_READ = { admin: 'any', auditor: 'any' } as const;
const MAY_WRITE = { admin: 'any' } as const;

export const webhookParams = strictObject({ id: Type.String({ description: 'Id of the webhook.' }) });
const one = (description: string) =>
  ({ 200: { description, body: webhookResponse, example: webhookExample } }) as const;
const queued = {
  202: { description: 'Asked for; the log says what became of it.', body: queuedResponse, example: queuedExample },
} as const;

/** Who is sent events, and what they want. */
export const webhookRoutes = (deps: WebhookDeps): readonly Route[] => {
  const { endpoints, head } = deps;
  const load = loadWebhook(deps);
  const named = { tag: TAG, params: webhookParams, load } as const;
  const asItIs: Replay = ({ params: { id } }) => webhookReply(deps, id ?? '');
  return [
    route(
      {
        methods: ['GET'],
        path: '/admin/webhooks',
        operationId: 'listWebhooks',
        tag: TAG,
        summary: 'Who is sent events',
        permission: MAY_READ,
        answers: {
          200: { description: 'All, oldest first.', body: Type.Array(webhookResponse), example: [webhookExample] },
        },
      },
      async () => ({ status: 200, body: (await endpoints.list()).map(webhookBody) }),
    ),
    route(
      {
        methods: ['POST'],
        path: '/admin/webhooks',
        operationId: 'createWebhook',
        tag: TAG,
        summary: 'Have events sent to a URL, from now on',
        description: 'Signed as Standard Webhooks specifies. The secret is in this answer and in no other.',
        permission: MAY_WRITE,
        body: createWebhookBody,
        example: { url: 'https://shop.example/webhooks', types: ['OrderPlaced', 'OrderShipped'] },
        answers: {
          201: { description: 'The webhook and its secret.', body: webhookWithSecret, example: secretExample },
        },
      },
      async ({ body: { url, types, description }, context }) => {
        await demandUrl(deps, url);
        const id = uuidv5(context.command_id, WEBHOOK_IDS);
        const position = await head();
        await endpoints.create({ id, url, types: settleTypes(types), description: description ?? null, position });
        return secretReply(deps, id, 201);
      },
      (_, place, status) => secretReply(deps, idAt(place), status),
    ),
    route(
      {
        ...named,
        methods: ['GET'],
        path: '/admin/webhooks/:id',
        operationId: 'getWebhook',
        summary: 'One of them',
        permission: MAY_READ,
        answers: one('The webhook.'),
      },
      ({ subject }) => webhookReply(deps, subject.id),
    ),
    route(
      {
        ...named,
        methods: ['PATCH'],
        path: '/admin/webhooks/:id',
        operationId: 'changeWebhook',
        summary: 'Change where it goes and what is wanted, or switch it off and on',
        permission: MAY_WRITE,
        body: changeWebhookBody,
        example: { types: ['*'] },
        conditional: true,
        answers: one('As it now is.'),
      },
      async ({ subject, body: { types, ...change }, expected }) => {
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
      asItIs,
    ),
    route(
      {
        ...named,
        methods: ['DELETE'],
        path: '/admin/webhooks/:id',
        operationId: 'deleteWebhook',
        summary: 'Send nothing there any more',
        permission: MAY_WRITE,
        answers: { 204: { description: 'Gone, with its log.' } },
      },
      async ({ subject }) => {
        await endpoints.remove(subject.id);
        return { status: 204 };
      },
      (_, _place, status) => Promise.resolve({ status }),
    ),
    ...handRoutes(deps, named, asItIs),
  ];
};

type Named = {
  readonly tag: string;
  readonly params: typeof webhookParams;
  readonly load: ReturnType<typeof loadWebhook>;
};

/** What a person does with one of them by hand. */
const handRoutes = (deps: WebhookDeps, named: Named, asItIs: Replay): readonly Route[] => [
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
    asItIs,
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
