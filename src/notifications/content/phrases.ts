import { Type, type Static } from '@sinclair/typebox';
import { ORDER_STATUSES, REFUND_METHODS, SHIPMENT_STATUSES } from '../../domain/order/index.ts';
import { RETURN_REASONS, RETURN_STATUSES } from '../../domain/return/index.ts';
import { MAIL_KINDS } from '../kinds.ts';

const strict = { additionalProperties: false };
const phrase = Type.String({ minLength: 1 });

/** An object with a value for each of these names. */
const each = <K extends string, S extends ReturnType<typeof Type.String> | typeof said>(
  names: readonly K[],
  schema: S,
) =>
  Type.Unsafe<Readonly<Record<K, Static<S>>>>(
    Type.Object(Object.fromEntries(names.map((name) => [name, schema])), strict),
  );

const said = Type.Object({ subject: phrase, heading: phrase, paragraphs: Type.Array(Type.String()) }, strict);

const LABELS = [
  'order',
  'placed_at',
  'return',
  'address',
  'carrier',
  'tracking_number',
  'tracking_url',
  'reason',
  'credited',
  'set_off',
  'refund',
  'refund_at_most',
  'due',
  'product',
  'quantity',
  'amount',
  'subtotal',
  'discount',
  'tax',
  'shipping',
  'total',
  'attachment',
] as const;

/** What a file `<language>.json` holds: everything that is said in this language, in Liquid. */
export const phrasesSchema = Type.Object(
  {
    greeting: phrase,
    closing: phrase,
    labels: each(LABELS, phrase),
    order_statuses: each(ORDER_STATUSES, phrase),
    /** What happened to a parcel: the end of a sentence. */
    shipment_statuses: each(SHIPMENT_STATUSES, phrase),
    return_statuses: each(RETURN_STATUSES, phrase),
    return_reasons: each(RETURN_REASONS, phrase),
    /** How money goes back. */
    refund_ways: each(REFUND_METHODS, phrase),
    messages: each(MAIL_KINDS, said),
  },
  strict,
);

export type Phrases = Static<typeof phrasesSchema>;
