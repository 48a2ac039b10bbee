import { Type } from '@sinclair/typebox';
import { eventExample } from '../orders/examples.ts';
import { eventResponse } from '../trail/schemas.ts';
import { defineSpecs } from '../server/spec.ts';
import { feedQuery } from './schemas.ts';

/** Every event, for integrators who prefer to pull. */
export const feedSpecs = defineSpecs({
  readFeed: {
    methods: ['GET'],
    path: '/events',
    tag: 'Events',
    summary: 'List all events in order',
    description:
      'Follow `Link: rel="next"`, which is always present and moves past events of other types; ' +
      '`X-Next-Position` is its position. Every event is listed once, and amounts are in minor units. ' +
      'Services do not see `data.personal`; after an erasure it is null.',
    permission: { admin: 'any', auditor: 'any', service: 'events:read' },
    query: feedQuery,
    answers: {
      200: {
        description: 'Oldest first; empty when there is nothing new.',
        body: Type.Array(eventResponse),
        example: [eventExample],
      },
    },
  },
});
