import { Type } from '@sinclair/typebox';
import { EVENT_TYPES } from '../../event-store/codec.ts';
import { type Delivery, HEAD_TYPE, OUTCOMES } from '../../webhooks/index.ts';
import { integer, nullable, position, strictObject, text, word } from '../server/schemas/fields.ts';
import { everyWord, maybe, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

/** Event types, and the signed heads of the log. */
const TYPES = [...EVENT_TYPES, HEAD_TYPE];
const isType = (name: string): boolean => name === '*' || TYPES.includes(name);

const url = () =>
  text({
    min: 1,
    max: 2_000,
    description: 'HTTPS, at a public address; no redirects are followed.',
    example: 'https://shop.example/webhooks',
    rule: 'an https:// URL without credentials, at an address on the public internet, port 443 or one from 1024',
  });
const types = () =>
  Type.Array(word(isType, ['*', ...TYPES]), {
    minItems: 1,
    maxItems: TYPES.length,
    description: 'Event types to send; `*` means all. `log.head` is a new signed head of the log.',
  });
const description = () => Type.Union([text({ max: 500 }), Type.Null()], { description: 'For people.' });

export const createWebhookBody = strictObject({
  url: url(),
  types: types(),
  description: Type.Optional(description()),
});

export const changeWebhookBody = strictObject({
  url: Type.Optional(url()),
  types: Type.Optional(types()),
  description: Type.Optional(description()),
  enabled: Type.Optional(
    Type.Boolean({
      description:
        'Whether events are sent. After the webhook is switched on again, it receives the events that it missed.',
    }),
  ),
});

export const replayBody = strictObject({
  after: {
    ...position('Events after this position are sent again, in order.'),
    rule: 'must not be after the position of the webhook',
  },
});
export const redeliverBody = strictObject({
  delivery_id: Type.String({ pattern: '^\\d{1,18}$', expected: 'the id of a delivery', description: 'From the log.' }),
});

export const deliveriesQuery = strictObject({
  outcome: Type.Optional(words(OUTCOMES)),
  limit: Type.Optional(integer(1, 1000, { description: 'Maximum number of entries on the page. Default 20.' })),
  cursor: Type.Optional(
    Type.String({
      pattern: '^\\d{1,18}$',
      expected: 'a cursor from a Link header',
      description: 'From `Link: rel="next"`.',
    }),
  ),
});

const fields = {
  id: uuid(),
  url: Type.String(),
  types: Type.Array(Type.String()),
  description: nullable(Type.String()),
  enabled: Type.Boolean(),
  disabled_reason: nullable(Type.String()),
  position: Type.String({
    description: 'Every event up to this position was accepted, is parked, or is held with its stream.',
  }),
  held: Type.Integer({
    description: 'Streams of which one event is being retried; their later events wait.',
  }),
  parked: Type.Integer({ description: 'Events that were given up after three days.' }),
  failing_since: Type.Union([time(), Type.Null()], { description: 'Time since which no event has been accepted.' }),
  last_accepted_at: maybe.time(),
  created_at: time(),
  updated_at: time(),
};

export const webhookResponse = shape(fields, 'Webhook');
export const webhookWithSecret = shape(
  { ...fields, secret: Type.String({ description: 'Signs the messages. It is shown only once.' }) },
  'WebhookWithSecret',
);

export const deliveryResponse = shape(
  {
    id: Type.String(),
    event_id: Type.String({ description: '`webhook-id` of the message.' }),
    type: Type.String(),
    stream: Type.String(),
    revision: Type.String(),
    position: Type.String(),
    cause: everyWord<Delivery['cause']>({ event: true, redelivery: true, test: true }),
    outcome: words(OUTCOMES),
    attempt: Type.Integer(),
    status: nullable(Type.Integer({ description: 'HTTP status of the answer.' })),
    reason: nullable(Type.String({ description: 'Why the event was not accepted.' })),
    ms: Type.Integer({ description: 'Duration of the attempt in milliseconds.' }),
    at: time(),
    redelivered_at: Type.Union([time(), Type.Null()], { description: 'When a parked event was finally accepted.' }),
  },
  'WebhookDelivery',
);

export const queuedResponse = shape(
  { id: Type.String({ description: '`webhook-id` that the message will have.' }) },
  'QueuedMessage',
);
