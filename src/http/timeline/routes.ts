import { Type } from '@sinclair/typebox';
import { eventExample } from '../orders/examples.ts';
import { onOrder } from '../orders/routes.ts';
import { defineSpecs } from '../server/spec.ts';
import { timelineEntry, timelineQuery } from './schemas.ts';

const { id, type, stream, revision, position, recorded_at: at, metadata } = eventExample;

const entryExample = {
  id,
  position,
  at,
  kind: 'order',
  type,
  stream,
  revision,
  sentence: 'The order was confirmed.',
  actor: metadata.actor,
  reason: null,
  correlation_id: metadata.correlation_id,
  cause: {
    kind: 'request',
    sentence: `A request of ${metadata.actor.id} (${metadata.actor.role}).`,
    request: { id: metadata.correlation_id, at, actor: metadata.actor, ip: '203.0.113.7', user_agent: 'curl/8.5.0' },
  },
};

export const timelineSpecs = defineSpecs({
  getOrderTimeline: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id/timeline',
    tag: 'Audit',
    summary: 'Get the timeline of an order',
    description:
      'The events of the order, its returns, payments and documents as one list in the order of the log: each as a sentence, with its actor and its cause. Follow `Link: rel="next"`.',
    permission: { admin: 'any', auditor: 'any' },
    query: timelineQuery,
    readModels: ['payment_list'],
    answers: { 200: { description: 'Oldest first.', body: Type.Array(timelineEntry), example: [entryExample] } },
  },
});
