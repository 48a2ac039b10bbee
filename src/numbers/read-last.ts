import type { Knex } from 'knex';
import type { NumberKind } from '../domain/shared/numbers.ts';

/** How far a series is: the next number that is drawn is the one after it. 0: none was drawn yet. */
export const readLastNumber = async (db: Knex, kind: NumberKind, year: number): Promise<number> => {
  const { rows } = await db.raw<{ rows: readonly { last: string }[] }>(
    `select greatest(
       coalesce((select max(n) from numbers where kind = :kind and year = :year), 0),
       coalesce((select last from number_counters where kind = :kind and year = :year), 0)
     ) as last`,
    { kind, year },
  );
  return Number(rows[0]?.last ?? 0);
};
