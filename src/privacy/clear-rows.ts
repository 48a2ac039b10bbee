import type { Knex } from 'knex';
import { TABLES_CLEARED, type Cleared } from './personal-data.ts';

/** What belongs to a customer, by each way in which rows name it. */
export type Belongings = {
  readonly customer_id: string;
  readonly order_ids: readonly string[];
  readonly payment_ids: readonly string[];
  readonly streams: readonly string[];
  readonly key_ids: readonly string[];
};

const valuesOf = ({ by }: Cleared, owned: Belongings): readonly string[] => {
  const values: Readonly<Record<Cleared['by'], readonly string[]>> = {
    customer_id: [owned.customer_id],
    order_id: owned.order_ids,
    payment_id: owned.payment_ids,
    stream: owned.streams,
    key_id: owned.key_ids,
  };
  return values[by];
};

/** Deletes and blanks rows as the map of personal data says, and answers how many of each table. */
export const clearPersonalRows = async (db: Knex, owned: Belongings): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const [table, cleared] of Object.entries(TABLES_CLEARED)) {
    const rows = db(table).whereIn(cleared.by, valuesOf(cleared, owned));
    counts[table] = await (cleared.replace === undefined ? rows.delete() : rows.update({ ...cleared.replace }));
  }
  return counts;
};
