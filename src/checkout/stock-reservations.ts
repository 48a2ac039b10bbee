import type { Knex } from 'knex';
import { isKeyTaken } from '../platform/database.ts';
import type { Reservations, Shortage, Units } from './ports.ts';

/**
 * Moves the stock to what an order needs, for all of its products or for none, in one statement: the rows of the products
 * are locked in one sequence, so that no two orders wait for each other, and stock never falls below 0. The moves are
 * noted as those of the process that settles stock, which then finds nothing left to do.
 */
const MOVE_TO = `
  with wanted as (
    select product_id, sum(quantity)::bigint as quantity
    from unnest(:products::text[], :quantities::bigint[]) as w (product_id, quantity) group by product_id
  ), past as (
    select product_id, max(n) as n, coalesce(sum(change) filter (where outcome = 'changed'), 0)::bigint as moved
    from stock_moves where order_id = :order_id group by product_id
  ), next as (
    select product_id, coalesce(p.n, 0) + 1 as n, (-coalesce(w.quantity, 0) - coalesce(p.moved, 0))::bigint as change
    from wanted w full join past p using (product_id)
  ), locked as (
    select p.product_id, p.stock, next.n, next.change from local_products p join next using (product_id)
    where next.change <> 0 order by p.product_id for update of p
  ), short as (
    select product_id, stock as remaining from locked where stock + change < 0
  ), moved as (
    update local_products p set stock = p.stock + l.change, updated_at = now()
    from locked l where p.product_id = l.product_id and not exists (select from short)
    returning p.product_id, l.n, l.change
  ), noted as (
    insert into stock_moves (order_id, product_id, n, change, outcome)
    select :order_id, product_id, n, change, 'changed' from moved
  ), kept as (
    insert into stock_reservations (order_id, order_revision)
    select cast(:order_id as uuid), cast(:changing as bigint) where not exists (select from short)
    on conflict (order_id) do update set reserved_at = now(), order_revision = excluded.order_revision
  )
  select product_id, remaining from short order by product_id`;

type Short = { readonly product_id: string; readonly remaining: string };

/** Units of the local catalogue that are reserved for orders, in PostgreSQL. */
export const openReservations = (db: Knex): Reservations => {
  const moveTo = async (order_id: string, units: readonly Units[], changing?: bigint): Promise<readonly Shortage[]> => {
    const bindings = {
      order_id,
      changing: changing === undefined ? null : String(changing),
      products: units.map(({ product_id }) => product_id),
      quantities: units.map(({ quantity }) => quantity),
    };
    const { rows } = await db.raw<{ rows: readonly Short[] }>(MOVE_TO, bindings);
    return rows.map(({ product_id, remaining }) => ({ product_id, left: Number(remaining) }));
  };

  return {
    reserve: async (order_id, units, changing) => {
      try {
        return await moveTo(order_id, units, changing);
      } catch (error) {
        if (!isKeyTaken(error)) throw error;
        return moveTo(order_id, units, changing); // the same request, or a process, moved it at the same moment
      }
    },
    isChanging: async (order_id, revision, minutes) =>
      (await db('stock_reservations')
        .where({ order_id, order_revision: String(revision) })
        .whereRaw('reserved_at > now() - make_interval(mins => ?)', [minutes])
        .first('order_id')) !== undefined,
    giveUpChange: async (order_id) => {
      await db('stock_reservations').where({ order_id }).update({ order_revision: null });
    },
    of: async (order_id) => {
      const { rows } = await db.raw<{ rows: readonly { readonly product_id: string; readonly units: string }[] }>(
        `select product_id, -sum(change) as units from stock_moves where order_id = ? and outcome = 'changed'
         group by product_id having sum(change) < 0`,
        [order_id],
      );
      return rows.map(({ product_id, units }) => ({ product_id, quantity: Number(units) }));
    },
    giveBack: async (order_id) => {
      await moveTo(order_id, []);
      await db('stock_reservations').where({ order_id }).delete();
    },
    since: async (order_id) =>
      (
        await db('stock_reservations')
          .where({ order_id })
          .first<{ since: string } | undefined>(db.raw('reserved_at::text as since'))
      )?.since,
    end: async (order_id, since) => {
      await db('stock_reservations').where({ order_id }).whereRaw('reserved_at::text = ?', [since]).delete();
    },
    overdue: async (minutes, limit) => {
      const rows = await db('stock_reservations')
        .whereRaw('reserved_at < now() - make_interval(mins => ?)', [minutes])
        .orderBy('reserved_at')
        .limit(limit)
        .select<{ order_id: string }[]>('order_id');
      return rows.map(({ order_id }) => order_id);
    },
  };
};
