import { Type } from '@sinclair/typebox';
import { strictObject } from '../server/schemas/fields.ts';
import { defineSpecs } from '../server/spec.ts';
import { deliveryExample, queuedExample, secretExample, webhookExample } from './examples.ts';
import {
  changeWebhookBody,
  createWebhookBody,
  deliveriesQuery,
  deliveryResponse,
  queuedResponse,
  redeliverBody,
  replayBody,
  webhookResponse,
  webhookWithSecret,
} from './schemas.ts';

const TAG = 'Webhooks';
const READERS = { admin: 'any', auditor: 'any' } as const;
const WRITERS = { admin: 'any' } as const;

/** How long a rotated secret stays valid beside the new one. */
export const GRACE_HOURS = 24;

const onWebhook = {
  tag: TAG,
  params: strictObject({ id: Type.String({ description: 'Id of the webhook.' }) }),
} as const;

const webhook = (description: string) =>
  ({ 200: { description, body: webhookResponse, example: webhookExample } }) as const;

const queued = {
  202: {
    description: 'The message is queued; the delivery log shows its outcome.',
    body: queuedResponse,
    example: queuedExample,
  },
} as const;

/** Endpoints that receive events, and what was delivered to them. */
export const webhookSpecs = defineSpecs({
  listWebhooks: {
    methods: ['GET'],
    path: '/admin/webhooks',
    tag: TAG,
    summary: 'List webhooks',
    permission: READERS,
    answers: {
      200: { description: 'All, oldest first.', body: Type.Array(webhookResponse), example: [webhookExample] },
    },
  },
  createWebhook: {
    methods: ['POST'],
    path: '/admin/webhooks',
    tag: TAG,
    summary: 'Create a webhook',
    description:
      'Sends new events to a URL, signed as Standard Webhooks specifies. Only this answer contains the secret.',
    permission: WRITERS,
    body: createWebhookBody,
    example: { url: 'https://shop.example/webhooks', types: ['OrderPlaced', 'OrderShipped'] },
    answers: { 201: { description: 'The webhook and its secret.', body: webhookWithSecret, example: secretExample } },
  },
  getWebhook: {
    ...onWebhook,
    methods: ['GET'],
    path: '/admin/webhooks/:id',
    summary: 'Get a webhook',
    permission: READERS,
    answers: webhook('The webhook.'),
  },
  changeWebhook: {
    ...onWebhook,
    methods: ['PATCH'],
    path: '/admin/webhooks/:id',
    summary: 'Change a webhook',
    description: 'Changes the URL, the event types or the description, or switches the webhook on or off.',
    permission: WRITERS,
    body: changeWebhookBody,
    example: { types: ['*'] },
    conditional: true,
    answers: webhook('The changed webhook.'),
  },
  deleteWebhook: {
    ...onWebhook,
    methods: ['DELETE'],
    path: '/admin/webhooks/:id',
    summary: 'Delete a webhook',
    permission: WRITERS,
    answers: { 204: { description: 'The webhook and its delivery log are deleted.' } },
  },
  rotateWebhookSecret: {
    ...onWebhook,
    methods: ['POST'],
    path: '/admin/webhooks/:id/rotate-secret',
    summary: 'Rotate the secret of a webhook',
    description: `Messages carry two signatures for ${GRACE_HOURS} hours: one with the new secret and one with the old secret.`,
    permission: WRITERS,
    answers: { 200: { description: 'With the new secret.', body: webhookWithSecret, example: secretExample } },
  },
  replayWebhook: {
    ...onWebhook,
    methods: ['POST'],
    path: '/admin/webhooks/:id/replay',
    summary: 'Replay the events of a webhook',
    description:
      'Sends every event after a position again, in order and before new ones. Messages keep their ids, so a receiver recognises them.',
    permission: WRITERS,
    body: replayBody,
    example: { after: '0' },
    answers: webhook('The webhook at its new position.'),
  },
  redeliverWebhook: {
    ...onWebhook,
    methods: ['POST'],
    path: '/admin/webhooks/:id/redeliver',
    summary: 'Redeliver an event',
    description: 'Sends one event of the delivery log again now.',
    permission: WRITERS,
    body: redeliverBody,
    example: { delivery_id: '17' },
    answers: queued,
  },
  testWebhook: {
    ...onWebhook,
    methods: ['POST'],
    path: '/admin/webhooks/:id/test',
    summary: 'Test a webhook',
    description: 'Sends a message of the type WebhookTested.',
    permission: WRITERS,
    answers: queued,
  },
  listWebhookDeliveries: {
    ...onWebhook,
    methods: ['GET'],
    path: '/admin/webhooks/:id/deliveries',
    summary: 'List the deliveries of a webhook',
    description: 'Newest first: the latest 10 000 attempts of the last 30 days; parked events are kept for 90 days.',
    permission: READERS,
    query: deliveriesQuery,
    answers: {
      200: { description: 'A page of attempts.', body: Type.Array(deliveryResponse), example: [deliveryExample] },
    },
  },
});
