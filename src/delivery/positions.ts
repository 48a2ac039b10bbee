import type { Knex } from 'knex';

/** Where a courier was. */
export type Position = {
  /** Later positions of an order have higher ones: milliseconds since 1970, when it was received. */
  readonly n: number;
  readonly latitude: number;
  readonly longitude: number;
  /** When the courier was there: UTC, ISO 8601. */
  readonly at: string;
};

export type Report = Omit<Position, 'n'> & { readonly order_id: string; readonly courier_id: string };

/** An order, and the position of it that is known already. */
export type Known = { readonly order_id: string; readonly n: number };
export type PositionOf = Position & { readonly order_id: string };

export type DeliveryPositions = {
  /** Keeps a position unless a later one is known. Answers the one that is then the newest. */
  readonly report: (report: Report) => Promise<Position>;
  readonly newest: (order_id: string) => Promise<Position | undefined>;
  /** Positions after those that are known, oldest first: of each order the latest `limit`. */
  readonly since: (known: readonly Known[], limit: number) => Promise<readonly PositionOf[]>;
  /** Deletes what was reported longer ago. */
  readonly deleteOlderThan: (hours: number) => Promise<void>;
};

type Row = {
  readonly order_id: string;
  readonly n: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly reported_at: Date;
};

const COLUMNS = 'order_id, n, latitude, longitude, reported_at';

/** One statement, so that two at once queue up at the order's row: who is older there writes nothing. */
const REPORT = `
  with newest as (
    insert into delivery_positions as kept (order_id, n, courier_id, latitude, longitude, reported_at)
    values (?, (extract(epoch from clock_timestamp()) * 1000)::bigint, ?, ?, ?, ?)
    on conflict (order_id) do update
      set n = greatest(kept.n + 1, excluded.n), courier_id = excluded.courier_id, latitude = excluded.latitude,
        longitude = excluded.longitude, reported_at = excluded.reported_at
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

const toPosition = ({ order_id, n, latitude, longitude, reported_at }: Row): PositionOf => ({
  order_id,
  n: Number(n),
  latitude,
  longitude,
  at: reported_at.toISOString(),
});

export const openDeliveryPositions = (db: Knex): DeliveryPositions => {
  const newest = async (order_id: string): Promise<Position | undefined> => {
    const row = await db<Row>('delivery_positions').where({ order_id }).first();
    return row === undefined ? undefined : toPosition(row);
  };
  return {
    report: async ({ order_id, courier_id, latitude, longitude, at }) => {
      const { rows } = await db.raw<{ rows: Row[] }>(REPORT, [order_id, courier_id, latitude, longitude, at]);
      const [taken] = rows;
      const position = taken === undefined ? await newest(order_id) : toPosition(taken);
      if (position === undefined) throw new Error(`the position of ${order_id} went while it was read`);
      return position;
    },
    newest,
    since: async (known, limit) => {
      if (known.length === 0) return [];
      const ids = known.map(({ order_id }) => order_id);
      const { rows } = await db.raw<{ rows: Row[] }>(SINCE, [ids, known.map(({ n }) => n), limit]);
      return rows.map(toPosition);
    },
    deleteOlderThan: async (hours) => {
      const isOld = 'reported_at < now() - make_interval(hours => ?)';
      await db('delivery_trail').whereRaw(isOld, [hours]).delete();
      await db('delivery_positions').whereRaw(isOld, [hours]).delete();
    },
  };
};
