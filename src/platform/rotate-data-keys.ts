import type { Knex } from 'knex';
import { SEARCH_KEY } from './data-keys.ts';
import { masterKeyId, openWrapped, type MasterKeys } from './master-key.ts';
import { seal } from './seal.ts';

const BATCH = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

type Row = { readonly id: string; readonly wrapped: Buffer };

export type Rotation = MasterKeys & {
  readonly db: Knex;
  /** Called after each batch, once the batch is committed. */
  readonly onProgress?: (rewrapped: number, of: number) => void;
};

/** One batch in one transaction. Answers the last id of it. */
const rewrapBatch = (keys: MasterKeys, db: Knex, after: string): Promise<readonly string[]> =>
  db.transaction(async (tx) => {
    const to = masterKeyId(keys.masterKey);
    const { rows } = await tx.raw<{ rows: readonly Row[] }>(
      `select id, wrapped from data_keys
       where id > ?::uuid and wrapped is not null and master_id is distinct from ? order by id limit ${BATCH} for update`,
      [after, to],
    );
    const wrapped = rows.map((row) => seal(keys.masterKey, openWrapped(keys, row.wrapped, row.id), row.id));
    const ids = rows.map(({ id }) => id);
    await tx.raw(
      `update data_keys set wrapped = r.wrapped, master_id = ?
       from unnest(?::uuid[], ?::bytea[]) as r (id, wrapped) where data_keys.id = r.id`,
      [to, [...ids], wrapped],
    );
    return ids;
  });

/**
 * Wraps every data key with the new master key. Killed anywhere, it has rewrapped whole batches, and the next run goes
 * on with the others. Answers how many this run has rewrapped.
 */
export const rotateDataKeys = async ({ db, onProgress, ...keys }: Rotation): Promise<number> => {
  const counted = await db('data_keys')
    .whereNotNull('wrapped')
    .whereRaw('master_id is distinct from ?', [masterKeyId(keys.masterKey)])
    .count<{ count: string }[]>({ count: '*' });
  const of = Number(counted[0]?.count ?? 0);
  let rewrapped = 0;
  for (let after = BEFORE_ALL; ;) {
    const ids = await rewrapBatch(keys, db, after);
    const last = ids.at(-1);
    if (last === undefined) return rewrapped;
    after = last;
    rewrapped += ids.length;
    onProgress?.(rewrapped, of);
  }
};

/** The same for the key of the search index. */
export const rotateSearchKey = ({ db, ...keys }: Rotation): Promise<void> =>
  db.transaction(async (tx) => {
    const row = await tx<{ wrapped: Buffer }>('search_key').forUpdate().first('wrapped');
    if (row === undefined) return;
    const wrapped = seal(keys.masterKey, openWrapped(keys, row.wrapped, SEARCH_KEY), SEARCH_KEY);
    await tx('search_key').update({ wrapped });
  });
