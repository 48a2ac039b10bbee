import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';

/**
 * `building`: events are being folded. `ready`: built, and not swapped in. `swapped`: it is the live read model now.
 * `failed`: it was given up for `error`.
 */
export type RebuildState = 'building' | 'ready' | 'swapped' | 'failed' | 'cancelled';

/** The latest rebuild of a read model. */
export type RebuildRun = {
  readonly projection: string;
  readonly state: RebuildState;
  /** Whether it is swapped in as soon as it is built. */
  readonly swaps: boolean;
  /** Hash of the code that folds. */
  readonly code: string;
  readonly events: number;
  /** Of them, those that its stored rows hold. */
  readonly written_events: number;
  readonly position: Position;
  readonly error: string | null;
  readonly begun_at: string;
  readonly updated_at: string;
  /** Of the process that works on it now, or did so last. */
  readonly events_per_second: number;
  readonly positions_per_second: number;
};

type Row = {
  readonly projection: string;
  readonly state: RebuildState;
  readonly swaps: boolean;
  readonly code: string;
  readonly error: string | null;
  readonly [number: `${string}events` | `${string}position`]: string;
  readonly begun_at: Date;
  readonly resumed_at: Date;
  readonly updated_at: Date;
};

const TABLE = 'projection_rebuilds';

const toRun = (row: Row): RebuildRun => {
  const seconds = (row.updated_at.getTime() - row.resumed_at.getTime()) / 1_000;
  const rate = (from: string | undefined, to: string | undefined): number =>
    seconds <= 0 ? 0 : Math.round((Number(to) - Number(from)) / seconds);
  const { projection, state, swaps, code, error } = row;
  return {
    ...{ projection, state, swaps, code, error },
    events: Number(row.events),
    written_events: Number(row.written_events),
    position: BigInt(row.position ?? 0),
    begun_at: row.begun_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    events_per_second: rate(row.resumed_events, row.events),
    positions_per_second: rate(row.resumed_position, row.position),
  };
};

export type RebuildRuns = {
  readonly find: (projection: string) => Promise<RebuildRun | undefined>;
  readonly list: () => Promise<readonly RebuildRun[]>;
  readonly begin: (run: Pick<RebuildRun, 'projection' | 'swaps' | 'code'>) => Promise<void>;
  /** Another process goes on from this position. */
  readonly resume: (run: Pick<RebuildRun, 'projection' | 'swaps' | 'position'>) => Promise<void>;
  /** Said in the transaction that writes the rows. */
  readonly wrote: (tx: Knex, projection: string, events: number) => Promise<void>;
  /** False: it is not being built any more. */
  readonly report: (run: Pick<RebuildRun, 'projection' | 'events' | 'position'>) => Promise<boolean>;
  /** False: it was not in one of these states. */
  readonly end: (
    projection: string,
    from: readonly RebuildState[],
    outcome: { readonly state: RebuildState; readonly error?: string },
  ) => Promise<boolean>;
};

const LONGEST_ERROR = 1_000;

export const openRebuildRuns = (db: Knex): RebuildRuns => {
  const runs = () => db<Row>(TABLE);
  return {
    find: async (projection) => {
      const row = await runs().where({ projection }).first();
      return row && toRun(row);
    },
    list: async () => (await runs().orderBy('projection')).map(toRun),
    begin: async ({ projection, swaps, code }) => {
      await db(TABLE).where({ projection }).delete();
      await db(TABLE).insert({ projection, state: 'building', swaps, code });
    },
    resume: async ({ projection, swaps, position }) => {
      await db(TABLE)
        .where({ projection })
        .update({
          ...{ swaps, position: String(position), resumed_position: String(position), error: null },
          events: db.ref('written_events'),
          resumed_events: db.ref('written_events'),
          resumed_at: db.fn.now(),
          updated_at: db.fn.now(),
        });
    },
    wrote: async (tx, projection, events) => {
      await tx(TABLE).where({ projection }).update({ written_events: events });
    },
    report: async ({ projection, events, position }) => {
      const changed = await db(TABLE)
        .where({ projection, state: 'building' })
        .update({ events, position: String(position), updated_at: db.fn.now() });
      return changed > 0;
    },
    end: async (projection, from, { state, error = null }) => {
      const changed = await db(TABLE)
        .where({ projection })
        .whereIn('state', [...from])
        .update({ state, error: error?.slice(0, LONGEST_ERROR) ?? null, updated_at: db.fn.now() });
      return changed > 0;
    },
  };
};
