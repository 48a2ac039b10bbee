import type { Knex } from 'knex';
import type { DriftKind, Suspect } from './check-rows.ts';
import type { TallyName } from './tally.ts';

export type DriftScope = 'row' | 'counter' | 'sum';

/** Something of a read model that is not what the log says. */
export type Drift = {
  readonly scope: DriftScope;
  readonly key: string;
  readonly kind: DriftKind;
  readonly stream: string | null;
};

export type DriftCount = { readonly projection: string; readonly kind: DriftKind; readonly count: number };

const TABLE = 'projection_drift';
const MOST = 1_000;

/** What was found and not repaired yet: at most 1000 of a read model. */
export const readDrift = (db: Knex, projection: string): Promise<readonly Drift[]> =>
  db<Drift & { projection: string }>(TABLE)
    .where({ projection })
    .orderBy('found_at')
    .limit(MOST)
    .select('scope', 'key', 'kind', 'stream');

/** Rows that were found to differ, in the order of their keys: after a key, or of one key. */
export const readRowDrift = async (
  db: Knex,
  projection: string,
  { key, after, limit = 1 }: { readonly key?: string; readonly after?: string | undefined; readonly limit?: number },
): Promise<readonly Suspect[]> => {
  const { rows } = await db.raw<{ rows: readonly { readonly key: string; readonly stream: string | null }[] }>(
    `select key, stream from ${TABLE} where projection = :projection and scope = 'row'
       and (:key::text is null or key = :key) and (:after::text is null or key > :after)
     order by key limit :limit`,
    { projection, key: key ?? null, after: after ?? null, limit },
  );
  return rows.map(({ stream, ...row }) => ({ ...row, stream: stream ?? undefined }));
};

/** Counters and sums that were found to differ, or must be counted again. */
export const readTallyDrift = (db: Knex, projection: string): Promise<readonly TallyName[]> =>
  db<TallyName & { projection: string }>(TABLE)
    .where({ projection })
    .whereIn('scope', ['counter', 'sum'])
    .orderBy(['scope', 'key'])
    .select('scope', 'key');

/** Notes that these must be counted again, because rows that they count were repaired. */
export const demandRecount = async (tx: Knex, projection: string, names: readonly TallyName[]): Promise<void> => {
  if (names.length === 0) return;
  await tx.raw(
    `insert into ${TABLE} (projection, scope, key, kind)
     select ?, scope, key, 'different' from json_to_recordset(?::json) as r (scope text, key text)
     on conflict (projection, scope, key) do nothing`,
    [projection, JSON.stringify(names)],
  );
};

export const countDriftOf = async (db: Knex, projection: string): Promise<number> =>
  (await countDrift(db)).reduce((sum, one) => (one.projection === projection ? sum + one.count : sum), 0);

export const countDrift = async (db: Knex): Promise<readonly DriftCount[]> => {
  const { rows } = await db.raw<{ rows: readonly DriftCount[] }>(
    `select projection, kind, count(*)::int as count from ${TABLE} group by projection, kind order by projection, kind`,
  );
  return rows;
};

/** Records what was found, and answers what of it was not known. */
export const recordDrift = async (db: Knex, projection: string, found: readonly Drift[]): Promise<readonly Drift[]> => {
  if (found.length === 0) return [];
  const { rows } = await db.raw<{ rows: readonly (Drift & { readonly is_new: boolean })[] }>(
    `insert into ${TABLE} as d (projection, scope, key, kind, stream)
     select ?, scope, key, kind, stream
     from json_to_recordset(?::json) as r (scope text, key text, kind text, stream text)
     where (select count(*) from ${TABLE} where projection = ?) < ${MOST}
     on conflict (projection, scope, key) do update set kind = excluded.kind
     returning scope, key, kind, stream, xmax = 0 as is_new`,
    [projection, JSON.stringify(found.slice(0, MOST)), projection],
  );
  return rows.flatMap(({ is_new, ...drift }) => (is_new ? [drift] : []));
};

export const forgetDrift = async (
  db: Knex,
  projection: string,
  fine: readonly Pick<Drift, 'scope' | 'key'>[],
): Promise<void> => {
  if (fine.length === 0) return;
  await db.raw(
    `delete from ${TABLE} using json_to_recordset(?::json) as r (scope text, key text)
     where ${TABLE}.projection = ? and ${TABLE}.scope = r.scope and ${TABLE}.key = r.key`,
    [JSON.stringify(fine.map(({ scope, key }) => ({ scope, key }))), projection],
  );
};
