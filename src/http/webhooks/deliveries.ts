import { Type } from '@sinclair/typebox';
import { OUTCOMES } from '../../webhooks/deliveries.ts';
import { nextLink } from '../server/paging.ts';
import { route, type Route } from '../server/route.ts';
import { deliveriesQuery, deliveryResponse } from './schemas.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import { deliveryExample } from './examples.ts';
import { MAY_READ, namedIn } from './webhook-shared.ts';

/** What was tried for a webhook. */
export const webhookDeliveryRoutes = (deps: WebhookDeps): readonly Route[] => [
  route(
    {
      ...namedIn(deps),
      methods: ['GET'],
      path: '/admin/webhooks/:id/deliveries',
      operationId: 'listWebhookDeliveries',
      summary: 'What was tried, and what became of it',
      description: 'Newest first: the latest 10 000 attempts of 30 days; parked ones are kept for 90.',
      permission: MAY_READ,
      query: deliveriesQuery,
      answers: {
        200: { description: 'A page of attempts.', body: Type.Array(deliveryResponse), example: [deliveryExample] },
      },
    },
    async ({ subject, query: { outcome, limit = 20, cursor }, path, search }) => {
      const found = await deps.deliveries.list(subject.id, { outcome: asOutcome(outcome), before: cursor, limit });
      const last = found.at(-1);
      const headers =
        found.length < limit || last === undefined ? {} : { Link: nextLink(path, search, { cursor: last.id }) };
      return { status: 200, body: found, headers };
    },
  ),
];

const asOutcome = (word: string | undefined) => OUTCOMES.find((known) => known === word);
