import type { Knex } from 'knex';
import type { DataKeys } from '../platform/data-keys.ts';
import { openValues, sealFor, type SealedValue } from '../platform/sealed-values.ts';

/** The position of a courier. */
export type Position = {
  /** Increases with each later position of an order: milliseconds since 1970, when it was received. */
  readonly n: number;
  readonly latitude: number;
  readonly longitude: number;
  /** When the courier was there: UTC, ISO 8601. */
  readonly at: string;
};

export type Report = Omit<Position, 'n'> & { readonly order_id: string; readonly courier_id: string };

/** An order, and its newest known position. */
export type Known = { readonly order_id: string; readonly n: number };
export type PositionOf = Position & { readonly order_id: string };

export type DeliveryPositions = {
  /** Keeps a position unless a later one is known. Returns the newest position after that. */
  readonly report: (report: Report) => Promise<Position>;
  readonly newest: (order_id: string) => Promise<Position | undefined>;
  /** Positions after the known ones, oldest first: the latest `limit` of each order. */
  readonly since: (known: readonly Known[], limit: number) => Promise<readonly PositionOf[]>;
  /** Deletes positions that were reported longer ago. */
  readonly deleteOlderThan: (hours: number) => Promise<void>;
};

type Row = {
  readonly order_id: string;
  readonly n: string;
  readonly reported_at: Date;
} & SealedValue;

const COLUMNS = 'order_id, n, key_id, sealed, reported_at';

/** One statement, so that two concurrent calls queue up at the order's row: the older position is not written. */
const REPORT = `
  with newest as (
    insert into delivery_positions as kept (order_id, n, courier_id, key_id, sealed, reported_at)
    values (?, (extract(epoch from clock_timestamp()) * 1000)::bigint, ?, ?, ?, ?)
    on conflict (order_id) do update
      set n = greatest(kept.n + 1, excluded.n), courier_id = excluded.courier_id, key_id = excluded.key_id,
        sealed = excluded.sealed, reported_at = excluded.reported_at
      where kept.reported_at < excluded.reported_at
    returning ${COLUMNS}
  )
  insert into delivery_trail (${COLUMNS}) select ${COLUMNS} from newest returning ${COLUMNS}`;

const SINCE = `
  select later.* from unnest(?::uuid[], ?::bigint[]) as known (order_id, n)
  cross join lateral (
    select ${COLUMNS} from delivery_trail
    where delivery_trail.order_id = known.order_id and delivery_trail.n > known.n
    order by delivery_trail.n desc limit ?
  ) later
  order by later.order_id, later.n`;

type Coordinates = readonly [latitude: number, longitude: number];

const boundOf = (order_id: string, at: string | Date): string => `position/${order_id}/${new Date(at).toISOString()}`;

/** Positions are sealed under the courier's key. */
export const openDeliveryPositions = (db: Knex, keys: DataKeys): DeliveryPositions => {
  /** Skips positions whose key was destroyed. */
  const open = async (rows: readonly Row[]): Promise<readonly PositionOf[]> => {
    const places = await openValues(keys, rows, (row) => boundOf(row.order_id, row.reported_at));
    return rows.flatMap(({ order_id, n, reported_at }, index) => {
      const place = places[index] as Coordinates | undefined; // sealed by `report` only
      if (place === undefined) return [];
      const [latitude, longitude] = place;
      return [{ order_id, n: Number(n), latitude, longitude, at: reported_at.toISOString() }];
    });
  };

  const newest = async (order_id: string): Promise<Position | undefined> => {
    const row = await db<Row>('delivery_positions').where({ order_id }).first();
    return row === undefined ? undefined : (await open([row]))[0];
  };
  return {
    report: async ({ order_id, courier_id, latitude, longitude, at }) => {
      const place: Coordinates = [latitude, longitude];
      const { key_id, sealed } = await sealFor(keys, courier_id, { value: place, bound: boundOf(order_id, at) });
      const { rows } = await db.raw<{ rows: Row[] }>(REPORT, [order_id, courier_id, key_id, sealed, at]);
      const position = rows.length === 0 ? await newest(order_id) : (await open(rows))[0];
      if (position === undefined) throw new Error(`the position of ${order_id} went while it was read`);
      return position;
    },
    newest,
    since: async (known, limit) => {
      if (known.length === 0) return [];
      const ids = known.map(({ order_id }) => order_id);
      const { rows } = await db.raw<{ rows: Row[] }>(SINCE, [ids, known.map(({ n }) => n), limit]);
      return open(rows);
    },
    deleteOlderThan: async (hours) => {
      const isOld = 'reported_at < now() - make_interval(hours => ?)';
      await db('delivery_trail').whereRaw(isOld, [hours]).delete();
      await db('delivery_positions').whereRaw(isOld, [hours]).delete();
    },
  };
};
