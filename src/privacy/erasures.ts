import type { Knex } from 'knex';
import type { OpenBusiness } from '../domain/order/index.ts';
import type { Role } from '../domain/shared/decider.ts';

export const ERASURE_MODES = ['now', 'when_settled'] as const;
export type ErasureMode = (typeof ERASURE_MODES)[number];

/** `waiting`: for business that is not finished. */
export const ERASURE_STATES = ['waiting', 'running', 'done', 'failed'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** The steps of an erasure, in their order. */
export const ERASURE_STEPS = ['record', 'destroy', 'acknowledge', 'delete', 'search', 'look_again'] as const;
export type ErasureStep = (typeof ERASURE_STEPS)[number];

export type OpenBusinessOfOrder = { readonly order_id: string; readonly kind: OpenBusiness };

/** What is kept, and until when. */
export type Kept = { readonly year: number; readonly documents: number; readonly until: string };

/** A key as the step that recorded it found it. `master_id`: the master key that wrapped it then. */
export type ErasedKey = { readonly key_id: string; readonly subject: string; readonly master_id: string | null };

/** What each step found, with the time it was done. */
export type StepResults = {
  readonly record: {
    readonly destroyed: readonly ErasedKey[];
    readonly restricted: readonly ErasedKey[];
    readonly kept: readonly Kept[];
    /** Messages that were files. Unknown where the key came back from a backup. */
    readonly files?: number;
  };
  /** `drop`: which processes must have seen; null: there was no key. */
  readonly destroy: { readonly drop: string | null };
  readonly acknowledge: { readonly waited_ms: number };
  readonly delete: { readonly rows: Readonly<Record<string, number>>; readonly files: number };
  readonly search: { readonly orders: number };
  readonly look_again: LookedAgain;
};

export type LookedAgain = {
  readonly streams: number;
  readonly events: number;
  /** Events that were sealed with a destroyed key after it was destroyed: they are unreadable. */
  readonly late: readonly { readonly stream: string; readonly revision: string }[];
  /** Events that a key of a later life seals. */
  readonly since: number;
};

export type StepsDone = { readonly [S in ErasureStep]?: StepResults[S] & { readonly at: string } };

export type Erasure = {
  readonly id: string;
  readonly customer_id: string;
  readonly reason: string;
  readonly mode: ErasureMode;
  readonly requested_by: string;
  readonly requested_role: Role;
  readonly requested_at: string;
  readonly state: ErasureState;
  readonly finished_at: string | null;
  readonly open_business: readonly OpenBusinessOfOrder[];
  readonly steps: StepsDone;
  readonly failure: string | null;
};

type Row = Omit<Erasure, 'requested_at' | 'finished_at'> & {
  readonly requested_at: Date;
  readonly finished_at: Date | null;
};

const TABLE = 'erasures';

const toErasure = ({ requested_at, finished_at, ...row }: Row): Erasure => ({
  ...row,
  requested_at: requested_at.toISOString(),
  finished_at: finished_at?.toISOString() ?? null,
});

export type NewErasure = Pick<Erasure, 'id' | 'customer_id' | 'reason' | 'mode' | 'requested_by' | 'requested_role'>;

/** Erasures in PostgreSQL: of a customer one is in progress at a time. */
export const openErasures = (db: Knex) => {
  const find = async (id: string): Promise<Erasure | undefined> => {
    const row = await db<Row>(TABLE).where({ id }).first();
    return row && toErasure(row);
  };
  const inProgress = async (sql: Knex, customer_id: string): Promise<Erasure | undefined> => {
    const row = await sql<Row>(TABLE).where({ customer_id }).whereIn('state', ['waiting', 'running']).first();
    return row && toErasure(row);
  };

  return {
    find,
    /** The erasure that is in progress, or a new one. `onBegin` is done in the same transaction, where it is new. */
    begin: (erasure: NewErasure, onBegin: (sql: Knex) => Promise<void>): Promise<Erasure> =>
      db.transaction(async (sql) => {
        const [begun] = await sql<Row>(TABLE)
          .insert({ ...erasure, state: 'running' })
          .onConflict()
          .ignore()
          .returning('*');
        if (begun !== undefined) {
          await onBegin(sql);
          return toErasure(begun);
        }
        const found = (await inProgress(sql, erasure.customer_id)) ?? (await find(erasure.id));
        if (found === undefined) throw new Error('an erasure ended while another one was asked for; ask again');
        return found;
      }),
    /** Takes up one that waits. `onBegin` is done in the same transaction, unless it waits no longer. */
    takeUp: (id: string, onBegin: (sql: Knex) => Promise<void>): Promise<Erasure | undefined> =>
      db.transaction(async (sql) => {
        const [taken] = await sql<Row>(TABLE)
          .where({ id, state: 'waiting' })
          .update({ state: 'running', open_business: sql.raw(`'[]'`) })
          .returning('*');
        if (taken === undefined) return undefined;
        await onBegin(sql);
        return toErasure(taken);
      }),
    /** Notes that a step is done. */
    tell: async <S extends ErasureStep>(
      sql: Knex,
      id: string,
      { step, at, result }: { readonly step: S; readonly at: string; readonly result: StepResults[S] },
    ): Promise<void> => {
      const done = JSON.stringify({ [step]: { at, ...result } });
      await sql.raw(`update ${TABLE} set steps = (steps::jsonb || ?::jsonb)::json where id = ?`, [done, id]);
    },
    /** It waits, or goes on. */
    move: async (
      id: string,
      to: {
        readonly state: ErasureState;
        readonly open_business?: readonly OpenBusinessOfOrder[];
        readonly failure?: string;
      },
    ): Promise<void> => {
      const { state, open_business = [], failure = null } = to;
      await db(TABLE)
        .where({ id })
        .whereIn('state', ['waiting', 'running'])
        .update({
          state,
          failure,
          open_business: JSON.stringify(open_business),
          ...((state === 'done' || state === 'failed') && { finished_at: db.fn.now() }),
        });
    },
    /** Those of a customer, oldest first. */
    ofCustomer: async (customer_id: string): Promise<readonly Erasure[]> =>
      (await db<Row>(TABLE).where({ customer_id }).orderBy('requested_at')).map(toErasure),
    /** Those that are not finished, oldest first: the clock goes on with them. */
    unfinished: async (): Promise<readonly string[]> => {
      const rows = await db<Row>(TABLE).whereIn('state', ['waiting', 'running']).orderBy('requested_at').select('id');
      return rows.map(({ id }) => id);
    },
  };
};

export type Erasures = ReturnType<typeof openErasures>;
