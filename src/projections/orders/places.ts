import type { Knex } from 'knex';

/** Where an order stands in the sequence in which orders are exported. */
export type OrderPlace = { readonly created_at: string; readonly id: string };

/** All orders, the oldest first, batch by batch. */
export async function* orderPlaces(
  db: Knex,
  { after, atOnce }: { readonly after?: OrderPlace | undefined; readonly atOnce: number },
): AsyncGenerator<readonly OrderPlace[]> {
  let last = after;
  for (;;) {
    const { rows } = await db.raw<{ rows: readonly { readonly created_at: Date; readonly id: string }[] }>(
      `select created_at, id from order_list where (created_at, id) > (?::timestamptz, ?::uuid)
       order by created_at, id limit ?`,
      [last?.created_at ?? '-infinity', last?.id ?? '00000000-0000-0000-0000-000000000000', atOnce],
    );
    if (rows.length > 0) yield rows.map(({ created_at, id }) => ({ created_at: created_at.toISOString(), id }));
    const end = rows.at(-1);
    if (end === undefined || rows.length < atOnce) return;
    last = { created_at: end.created_at.toISOString(), id: end.id };
  }
}
