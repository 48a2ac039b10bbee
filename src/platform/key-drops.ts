import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import pg from 'pg';
import { sleep } from './backoff.ts';
import type { DroppedKey } from './data-keys.ts';
import { LEASE_MS } from './lease.ts';
import { KEEP_ALIVE, SESSION_SETTINGS } from './session-settings.ts';

/** Keys that were destroyed or restricted, which every process must forget. */
const CHANNEL = 'waybill_key_drops';
/** So often a process says that it lives, and looks for drops that no notification told it of. */
const BEAT_MS = LEASE_MS / 5;
/** Our clock and the database's may run at different speeds, and a beat takes its time. */
const MARGIN_MS = LEASE_MS / 2;

/**
 * Drops keys, in the caller's transaction: their numbers are in the order of the commits, so that a process that has seen
 * one has seen all before it. Answers the number of the last one; undefined: there was none.
 */
export const dropKeys = async (sql: Knex, keys: readonly DroppedKey[]): Promise<bigint | undefined> => {
  if (keys.length === 0) return undefined;
  await sql.raw('lock table key_drops in share row exclusive mode');
  const rows = await sql('key_drops')
    .insert(keys.map(({ key_id, subject }) => ({ key_id, subject })))
    .returning<{ n: string }[]>('n');
  await sql.raw(`notify ${CHANNEL}`);
  return rows.map(({ n }) => BigInt(n)).reduce((last, n) => (n > last ? n : last));
};

/** Processes that live and have not acted on a drop yet. One that was silent for the lease counts as dead. */
export const behindOnDrop = async (db: Knex, n: bigint): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { name: string }[] }>(
    `select name from key_holders where seen < ? and heard_at > now() - ? * interval '1 ms'`,
    [String(n), LEASE_MS + MARGIN_MS],
  );
  return rows.map(({ name }) => name);
};

/** A day is longer than any process is silent and alive. */
const forgetOld = async (db: Knex): Promise<void> => {
  await db('key_holders').whereRaw(`heard_at < now() - interval '1 day'`).delete();
  await db('key_drops').whereRaw(`dropped_at < now() - interval '7 days'`).delete();
};

export type KeyHolder = {
  /** Whether this process knew of all drops a moment ago. If not, no key in memory may be used. */
  readonly isCurrent: () => boolean;
  readonly stop: () => Promise<void>;
};

export type KeyHolderOptions = {
  readonly db: Knex;
  readonly url: string;
  /** Shows in `key_holders`. */
  readonly name: string;
  /** Forgets what belongs to these keys, and waits for the work that uses them. Undefined: all keys, after a silence. */
  readonly onDropped: (dropped: readonly DroppedKey[] | undefined) => Promise<void>;
  readonly onError: (error: unknown) => void;
};

type DropRow = DroppedKey & { readonly n: string };

/** Makes this process one that hears of dropped keys, acts on them, and says so. */
export const holdKeys = async ({ db, url, name, onDropped, onError }: KeyHolderOptions): Promise<KeyHolder> => {
  const id = randomUUID();
  const stopping = new AbortController();
  const { signal } = stopping;
  let heardAt = performance.now();
  let wake = (): void => undefined;

  const newest = async (): Promise<bigint> => {
    const row = await db('key_drops').max<{ max: string | null }>('n').first();
    return BigInt(row?.max ?? 0);
  };
  /** A process begins with no key in memory. */
  let seen = await newest();
  await forgetOld(db);
  await db('key_holders').insert({ id, name, seen: String(seen) });

  const isCurrent = (): boolean => performance.now() - heardAt <= LEASE_MS;

  const beat = async (): Promise<void> => {
    const saidAt = performance.now();
    if (!isCurrent()) {
      // It may count as dead, and drops may be gone that it has not seen.
      const reached = await newest();
      await onDropped(undefined);
      seen = reached;
    }
    const drops = await db<DropRow>('key_drops')
      .where('n', '>', String(seen))
      .orderBy('n')
      .select('n', 'key_id', 'subject');
    if (drops.length > 0) await onDropped(drops);
    seen = drops.reduce((last, { n }) => (BigInt(n) > last ? BigInt(n) : last), seen);
    await db('key_holders')
      .insert({ id, name, seen: String(seen), heard_at: db.fn.now() })
      .onConflict('id')
      .merge(['seen', 'heard_at']);
    heardAt = saidAt;
  };

  const listen = async (onLost: () => void): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'waybill-key-drops',
      options: SESSION_SETTINGS,
      connectionTimeoutMillis: LEASE_MS,
      ...KEEP_ALIVE,
    });
    client.on('notification', () => wake());
    client.on('error', onError);
    client.on('end', onLost);
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return client;
  };

  const isStopping = (): boolean => signal.aborted;
  const run = async (): Promise<void> => {
    let client: pg.Client | undefined;
    /** The connection on which it listens; one that was lost is opened again. */
    while (!isStopping()) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      try {
        client ??= await listen(() => (client = undefined));
        await beat();
      } catch (error) {
        if (!isStopping()) onError(error);
      }
      if (!isStopping()) await Promise.race([sleep(BEAT_MS, signal), woken]);
    }
    await client?.end().catch(() => undefined);
  };
  const running = run();

  return {
    isCurrent,
    stop: async () => {
      stopping.abort();
      wake();
      await running;
      await db('key_holders').where({ id }).delete();
    },
  };
};
