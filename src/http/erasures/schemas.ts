import { Type, type Static } from '@sinclair/typebox';
import { OPEN_BUSINESS } from '../../domain/order/index.ts';
import { ERASURE_MODES, ERASURE_STATES } from '../../privacy/index.ts';
import { nullable, strictObject, text } from '../server/schemas/fields.ts';
import { maybe, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

export const erasureParams = strictObject({ id: Type.String({ description: 'Id of the erasure.' }) });

export const eraseBody = strictObject(
  {
    reason: text({
      min: 1,
      max: 500,
      description: 'Why, for your own records. It is kept: write no personal data into it.',
      example: 'Asked for by the customer',
    }),
    mode: Type.Optional(
      words(
        ERASURE_MODES,
        'now: rejected while business is not finished. when_settled: done as soon as all is. Default: now.',
      ),
    ),
    dry_run: Type.Optional(Type.Boolean({ description: 'True: only shows what would be done.' })),
  },
  { component: 'EraseCustomerRequest' },
);

export type EraseBody = Static<typeof eraseBody>;

const openBusiness = Type.Array(shape({ order_id: uuid(), kind: words(OPEN_BUSINESS) }), {
  description: 'What is not finished.',
});

const kept = {
  year: Type.Integer(),
  documents: Type.Integer(),
  until: Type.String({ format: 'date', description: 'The day on which they are destroyed.' }),
};

export const planResponse = shape(
  {
    customer_id: Type.String(),
    orders: Type.Integer(),
    streams: Type.Integer({ description: 'Streams of the log whose personal data becomes unreadable.' }),
    keys: Type.Integer({ description: 'Keys that would be destroyed.' }),
    kept: Type.Array(shape(kept), { description: 'Documents that would be kept.' }),
    open_business: openBusiness,
  },
  'ErasurePlan',
);

const certificate = shape(
  {
    content: shape({
      format: Type.Literal('waybill-erasure/v1'),
      erasure: uuid(),
      destroyed_at: time(),
      destroyed: shape({
        keys: Type.Array(uuid()),
        rows: Type.Record(Type.String(), Type.Integer(), { description: 'Rows deleted or blanked, by table.' }),
        files: Type.Integer(),
      }),
      kept: Type.Array(shape({ what: Type.Literal('documents'), ...kept, why: Type.String() })),
      residual: Type.Array(shape({ what: Type.Array(Type.String()), why: Type.String() }), {
        description: 'What stays in clear.',
      }),
      looked_again: shape({
        streams: Type.Integer(),
        events: Type.Integer(),
        since: Type.Integer({ description: 'Events that a key of a later life of the customer seals.' }),
        late: Type.Integer({ description: 'Events that were sealed with a destroyed key after that; unreadable.' }),
      }),
      backups: shape({
        made_before: time(),
        unreadable_since: maybe.time(),
      }),
    }),
    note: nullable(
      Type.String({
        description: 'The content, signed by the key of the log (C2SP signed-note). Null: LOG_KEY is off.',
      }),
    ),
  },
  'ErasureCertificate',
);

const step = (more: Record<string, ReturnType<typeof Type.Integer>> = {}) =>
  Type.Optional(shape({ at: time(), ...more }));

export const erasureResponse = shape(
  {
    id: uuid(),
    customer_id: Type.String(),
    state: words(ERASURE_STATES, 'waiting: for business that is not finished.'),
    mode: words(ERASURE_MODES),
    reason: Type.String(),
    requested_by: Type.String(),
    requested_at: time(),
    finished_at: maybe.time(),
    failure: nullable(Type.String({ description: 'Why it failed.' })),
    open_business: openBusiness,
    steps: shape({
      record: step(),
      destroy: step(),
      acknowledge: step({ waited_ms: Type.Integer() }),
      delete: step({ files: Type.Integer() }),
      search: step({ orders: Type.Integer() }),
      look_again: step({ streams: Type.Integer(), events: Type.Integer() }),
    }),
    late_events: Type.Array(shape({ stream: Type.String(), revision: Type.String() }), {
      description:
        'Events that were sealed with the key after it was destroyed. What was sealed in them is unreadable.',
    }),
    certificate: nullable(certificate),
  },
  'Erasure',
);
