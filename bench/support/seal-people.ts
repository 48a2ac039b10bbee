import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { createCodec, type Codec } from '../../src/event-store/codec.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { encodeOrder } from './order-log.ts';

export type SealedPeople = {
  readonly codec: Codec;
  /** `order_list.personal` of an order of each, as JSON. */
  readonly personal: readonly string[];
};

/** So many customers with a key each, and what a row keeps of them. */
export const sealPeople = async (
  db: Knex,
  count: number,
  masterKey: Uint8Array = randomBytes(32),
): Promise<SealedPeople> => {
  const codec = createCodec(openDataKeys({ db, masterKey }));
  const personal: string[] = [];
  for (let n = 0; n < count; n++) {
    const { stream, events } = await encodeOrder(codec, n, '2026-03-01T12:00:00.000Z');
    const first = events.slice(0, 1).map((event) => ({ ...event, stream, revision: 0n, position: 1n }));
    const [placed] = await codec.decode(first, { personal: 'sealed' });
    if (placed !== undefined && 'personal' in placed.fact.data)
      personal.push(JSON.stringify(placed.fact.data.personal));
  }
  return { codec, personal };
};
