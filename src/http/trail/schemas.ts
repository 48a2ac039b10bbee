import { Type } from '@sinclair/typebox';
import { nullable } from '../server/schemas/fields.ts';
import { maybe, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

/** Changes of status, oldest first. */
export const historyResponse = (statuses: readonly string[], component: string) =>
  Type.Array(
    shape(
      {
        previous_status: nullable(words(statuses)),
        new_status: words(statuses),
        changed_by: Type.Optional(maybe.text()),
        changed_by_role: Type.String(),
        changed_by_name: Type.Optional(maybe.text()),
        notes: Type.Optional(maybe.text()),
        at: time(),
        ip: Type.Optional(maybe.text()),
        user_agent: Type.Optional(maybe.text()),
      },
      component,
    ),
  );

export const eventResponse = shape(
  {
    id: uuid(),
    type: Type.String(),
    stream: Type.String(),
    revision: Type.String({ description: 'Position in its stream, from 0, as a decimal string.' }),
    position: Type.String({ description: 'Position among all events, as a decimal string.' }),
    recorded_at: time(),
    data: Type.Record(Type.String(), Type.Unknown()),
    metadata: shape({
      actor: shape({ id: Type.String(), role: Type.String() }),
      correlation_id: Type.String(),
      causation_id: Type.String(),
      schema_version: Type.Integer(),
    }),
    hash: Type.String({ description: 'SHA-256 that chains this event to the one before it in its stream.' }),
  },
  'Event',
);

/** Of notes that are sent. */
export const visibleToCustomer = () =>
  Type.Optional(Type.Boolean({ description: 'Whether the customer may read the note. Default false.' }));
