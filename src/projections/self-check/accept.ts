import type { Knex } from 'knex';
import { COUNTERS_OF, isForeign, WRITER, type Projection } from '../engine/index.ts';
import type { TallyName } from './tally.ts';

export type Accepted = { readonly rows: readonly string[]; readonly names: readonly TallyName[] };

/**
 * What another program wrote is as the log says, or was made so: it counts as the projector's own from now on. Under the
 * lock of the checkpoint, since the projector writes the same rows.
 */
export const accept = async (tx: Knex, projection: Projection, { rows, names }: Accepted): Promise<void> => {
  const { name, table, key, columns, sums } = projection;
  if (rows.length > 0)
    await tx.raw(
      `update ${table} set written_by = ${WRITER} where ${key} = any(?::${columns[key] ?? 'text'}[]) and ${isForeign(table)}`,
      [[...rows]],
    );
  const ofScope = (scope: TallyName['scope']): readonly string[] =>
    names.filter((one) => one.scope === scope).map((one) => one.key);
  const counters = ofScope('counter');
  if (counters.length > 0)
    await tx.raw(
      `update projection_counters set written_by = ${WRITER}
       where projection = ${COUNTERS_OF} and name = any(?::text[]) and ${isForeign('projection_counters')}`,
      [name, [...counters]],
    );
  const summed = ofScope('sum');
  if (sums === undefined || summed.length === 0) return;
  const keys = Object.entries(sums.key);
  await tx.raw(
    `update ${sums.table} set written_by = ${WRITER}
     from (select ${keys.map(([column, type], n) => `(name::json ->> ${n})::${type} as ${column}`).join(', ')}
       from unnest(?::text[]) as given (name)) as k
     where ${keys.map(([column]) => `${sums.table}.${column} = k.${column}`).join(' and ')} and ${isForeign(sums.table)}`,
    [[...summed]],
  );
};
