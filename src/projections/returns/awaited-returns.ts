import type { Knex } from 'knex';
import { RETURN_UNDER_WAY } from '../../domain/return/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';

export type AwaitedReturn = { readonly return_id: string; readonly order_id: string };

const BATCH = 500;

type Found = AwaitedReturn & { readonly place: string };

/** Returns whose goods have been awaited without a step since `until`, those opened first first, in batches. */
export async function* awaitedReturns(db: Knex, until: Instant): AsyncGenerator<readonly AwaitedReturn[]> {
  for (const status of RETURN_UNDER_WAY) {
    let after = { return_id: '00000000-0000-0000-0000-000000000000', place: '-infinity' };
    for (;;) {
      const { rows } = await db.raw<{ rows: readonly Found[] }>(
        `select id as return_id, order_id, created_at::text as place from return_list
         where status = ? and created_at < ?::timestamptz and (state ->> 'moved_at') collate "C" < ?
           and (created_at, id) > (?::timestamptz, ?::uuid)
         order by created_at, id limit ?`,
        [status, until, until, after.place, after.return_id, BATCH],
      );
      if (rows.length > 0) yield rows.map(({ return_id, order_id }) => ({ return_id, order_id }));
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) break;
      after = last;
    }
  }
}
