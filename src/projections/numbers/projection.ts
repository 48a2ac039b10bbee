import type { Knex } from 'knex';
import type { Fact } from '../../domain/shared/decider.ts';
import type { OrderPlaced, ReturnOpened } from '../../domain/order/index.ts';
import type { PaymentInitiated } from '../../domain/payment/index.ts';
import { placeInSeries, type NumberKind } from '../../domain/shared/numbers.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { applyBatch, liveTarget, openCheckpoint, projection } from '../engine/index.ts';

export type NumberRow = {
  readonly number: string;
  readonly kind: NumberKind;
  readonly year: number;
  readonly n: number;
  readonly id: string;
};

type Numbered = Pick<NumberRow, 'kind' | 'number' | 'id'>;

/** The number that an event of the projection's types carries. */
const numberedIn = ({ stream, fact }: Recorded): Numbered => {
  const { type, data } = fact as Fact<OrderPlaced | ReturnOpened | PaymentInitiated>;
  if (type === 'OrderPlaced') return { kind: 'order', number: data.order_number, id: streamId(stream) };
  if (type === 'PaymentInitiated') return { kind: 'payment', number: data.payment_number, id: streamId(stream) };
  return { kind: 'return', number: data.return_number, id: data.return_id };
};

/**
 * Every number that an event carries. `src/numbers` draws from the same table: one that is older than the log is filled
 * from the log again, so that no number is drawn twice.
 */
export const numbers = projection<NumberRow>({
  name: 'numbers',
  version: 2,
  prefixes: ['order-', 'payment-'],
  types: new Set(['OrderPlaced', 'ReturnOpened', 'PaymentInitiated']),
  personal: false,
  table: 'numbers',
  key: 'number',
  columns: { number: 'text', kind: 'text', year: 'integer', n: 'bigint', id: 'uuid' },
  keyOf: (recorded) => numberedIn(recorded).number,
  isFilledAhead: true,
  keysElsewhere: `select state->>'order_number' from order_list union all
    select state->>'payment_number' from payment_list union all select state->>'return_number' from return_list`,
  streamsElsewhere: `select 'order-' || id from order_search where number = lower(k.key) union all
    select 'payment-' || id from payment_list where state->>'payment_number' = k.key union all
    select 'order-' || order_id from return_list where state->>'return_number' = k.key`,
  eventsOf: async (_, { row, stream, elsewhere, read }) => {
    const own = row === undefined ? [] : [`order-${String(row['id'])}`, `payment-${String(row['id'])}`];
    const streams = new Set([...own, ...elsewhere, ...(stream === undefined ? [] : [stream])]);
    return (await Promise.all([...streams].map((one) => read(one)))).flat();
  },
  evolve: (row, recorded) => {
    const { kind, number, id } = numberedIn(recorded);
    return row?.id === id ? row : { number, kind, ...placeInSeries(number), id };
  },
});

/** The id behind a number; `undefined` when there is none of this kind. */
export const findIdByNumber = async (db: Knex, kind: NumberKind, number: string): Promise<string | undefined> => {
  const row = await db<NumberRow>('numbers').where({ number, kind }).first('id');
  return row?.id;
};

/**
 * Brings the numbers up to the present head of the log. Done before a process draws its first number: the database may
 * have been restored from a backup that is older than the log.
 */
export const refillNumbers = async ({
  db,
  store,
  codec,
}: {
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode' | 'blindIndex'>;
}): Promise<void> => {
  const head = await store.head();
  const writer = { db, codec, projection: numbers, target: liveTarget(numbers) };
  for (;;) {
    const { epoch, position } = await openCheckpoint(db, numbers);
    if (position >= head) return;
    const batch = await store.readAll({ after: position, limit: 1_000, prefixes: numbers.prefixes });
    await applyBatch(writer, batch, { epoch, from: position });
  }
};
