import { Type } from '@sinclair/typebox';
import { v5 as uuidv5 } from 'uuid';
import { preconditionFailed } from '../server/conventions.ts';
import { route, type Route } from '../server/route.ts';
import { changeWebhookBody, createWebhookBody, webhookResponse, webhookWithSecret } from './schemas.ts';
import {
  demandUrl,
  idAt,
  secretReply,
  settleTypes,
  webhookBody,
  webhookReply,
  type WebhookDeps,
} from './webhook-deps.ts';
import { secretExample, webhookExample } from './examples.ts';
import { MAY_READ, MAY_WRITE, namedIn, one, replayIn, TAG } from './webhook-shared.ts';

const WEBHOOK_IDS = '5d8f4c1e-2a53-5b0a-9f43-0d8d3c1c7b52';

/** Who is sent events, and what they want. */
export const webhookRoutes = (deps: WebhookDeps): readonly Route[] => {
  const { endpoints, head } = deps;
  const named = namedIn(deps);
  const asItIs = replayIn(deps);
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
  ];
};
