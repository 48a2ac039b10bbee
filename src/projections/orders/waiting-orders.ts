import type { Knex } from 'knex';
import { statusesIn } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';

const BATCH = 500;

type Found = { readonly id: string; readonly place: string };

/** Walks a query batch by batch; `find` answers what lies beyond a place. What is moved meanwhile is not missed. */
async function* walk(find: (after: Found) => Promise<readonly Found[]>): AsyncGenerator<readonly string[]> {
  let after: Found = { id: '00000000-0000-0000-0000-000000000000', place: '' };
  for (;;) {
    const found = await find(after);
    if (found.length > 0) yield found.map(({ id }) => id);
    const last = found.at(-1);
    if (last === undefined || found.length < BATCH) return;
    after = last;
  }
}

/** Orders that wait for a time up to and including `until`, earliest first, in batches of ids. */
export async function* scheduledOrders(db: Knex, until: Instant): AsyncGenerator<readonly string[]> {
  for (const status of statusesIn('scheduled'))
    yield* walk(async ({ id, place }) => {
      const { rows } = await db.raw<{ rows: readonly Found[] }>(
        `select id, place from (
           select id, (state #>> '{delivery,scheduled_for}') collate "C" as place from order_list where status = ?
         ) scheduled
         where place <= ? and (place, id) > (?, ?::uuid) order by place, id limit ?`,
        [status, until, place, id, BATCH],
      );
      return rows;
    });
}

/** Paid, or to be paid at the door: each order then decides for itself. Where the debt is open again it is not paid. */
const MAY_BE_PAID = `and (payment_status in ('paid', 'overpaid') or state ->> 'payment_method' = 'cash_on_delivery')`;

/** Orders that wait to be processed: those that have got furthest first, of each status the oldest first; in batches of ids. Held ones wait for their release. */
export async function* waitingOrders(
  db: Knex,
  { perhapsPaid }: { readonly perhapsPaid: boolean },
): AsyncGenerator<readonly string[]> {
  for (const status of statusesIn('waiting').toReversed())
    yield* walk(async ({ id, place }) => {
      const { rows } = await db.raw<{ rows: readonly Found[] }>(
        `select id, created_at::text as place from order_list
         where status = ? and held is not true and (created_at, id) > (?::timestamptz, ?::uuid) ${perhapsPaid ? MAY_BE_PAID : ''}
         order by created_at, id limit ?`,
        [status, place === '' ? '-infinity' : place, id, BATCH],
      );
      return rows;
    });
}
