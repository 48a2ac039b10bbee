import type { Knex } from 'knex';
import { readMissingKeys, type DataKeys } from '../../platform/data-keys.ts';
import { dropCopy, hasCopy, openRebuildRuns } from '../engine/index.ts';
import { orderSearch } from './projection.ts';

/**
 * Makes a new key for the search index where the old one is gone, before the rows are rebuilt with it. Copies that were
 * written with the old key go first. Writers of this read model begin again: what they know was written with the old key.
 */
export const replaceLostSearchKey = async (
  db: Knex,
  dataKeys: Pick<DataKeys, 'replaceLostSearchKey'>,
): Promise<boolean> => {
  if (!(await readMissingKeys(db)).search) return false;
  await openRebuildRuns(db).end(orderSearch.name, ['building', 'ready'], { state: 'cancelled' });
  for (const copy of ['rebuild', 'kept'] as const)
    if (await hasCopy(db, orderSearch, copy)) await dropCopy(db, orderSearch, copy);
  return db.transaction(async (tx) => {
    const isReplaced = await dataKeys.replaceLostSearchKey(tx);
    if (isReplaced) await tx.raw('update search_words_generation set n = n + 1');
    return isReplaced;
  });
};
