import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { EventStore } from '../src/event-store/port.ts';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import type { WriteLoad, Written } from './load/write.ts';
import type { Benchmark } from './support/benchmark.ts';
import { machine } from './support/compare.ts';
import { startLoad } from './support/load.ts';

const BATCH_SIZES = [1, 7, 100, 1000];
const PER_APPEND = 5;
/** 16 writers in two processes, so that they meet in the database and not only in a queue. */
const PROCESSES = 2;
const WRITERS_EACH = 8;
/** After the last append was answered, what was stored must have been delivered within this. */
const GRACE_MS = 30_000;

type Killing = { readonly end: () => Promise<number> };

/** Ends the writers' connections from the server's side at random moments. */
const startKilling = async (url: string): Promise<Killing> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const over = new AbortController();
  const run = async (): Promise<number> => {
    let killed = 0;
    while (!over.signal.aborted) {
      await pause(10 + Math.random() * 90);
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'bench-writer' and datname = current_database() and random() < 0.5`,
      );
      killed += rowCount ?? 0;
    }
    return killed;
  };
  const running = run();
  return {
    end: async () => {
      over.abort();
      const killed = await running;
      await client.end();
      return killed;
    },
  };
};

const collect = async (store: EventStore, after: bigint, batchSize: number, isDone: (count: number) => boolean) => {
  const stop = new AbortController();
  const ids: string[] = [];
  const timer = setInterval(() => isDone(ids.length) && stop.abort(), 50);
  for await (const { events } of store.subscribe({ after, prefixes: ['order-'], batchSize, signal: stop.signal }))
    ids.push(...events.map(({ id }) => id));
  clearInterval(timer);
  return ids;
};

const storedIds = async (url: string, after: bigint): Promise<readonly string[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<[string]>({
    text: 'select id from events where position > $1 order by position',
    values: [after],
    rowMode: 'array',
  });
  await client.end();
  return rows.map(([id]) => id);
};

/** Zero is the only acceptable number for each. */
const faults = (stored: readonly string[], delivered: readonly string[], acknowledged: readonly string[]) => {
  const [inStore, seen] = [new Set(stored), new Set(delivered)];
  return {
    missing: stored.filter((id) => !seen.has(id)).length,
    repeated: delivered.length - seen.size,
    'out of order': delivered.filter((id, index) => id !== stored[index]).length,
    'lost after acknowledgement': acknowledged.filter((id) => !inStore.has(id)).length,
  };
};

type Run = { readonly url: string; readonly batchSize: number; readonly events: number; readonly kill: boolean };

const deliver = async ({ url, batchSize, events, kill }: Run): Promise<void> => {
  const store = openPostgresEventStore({ url });
  const after = await store.head();
  const start = performance.now();
  let writersDone = Infinity;
  const isDone = (count: number): boolean =>
    (writersDone < Infinity && count >= events) || performance.now() > writersDone + GRACE_MS;
  const collecting = collect(store, after, batchSize, isDone);

  const killing = kill ? await startKilling(url) : undefined;
  const loads = Array.from({ length: PROCESSES }, () => startLoad<WriteLoad, Written>('write'));
  const appends = events / PER_APPEND / PROCESSES;
  const input = { url, writers: WRITERS_EACH, appends, perAppend: PER_APPEND };
  const written = await Promise.all(loads.map((load) => load.run(input)));
  writersDone = performance.now();
  const killed = (await killing?.end()) ?? 0;
  const delivered = await collecting;
  const seconds = (performance.now() - start) / 1000;
  loads.forEach((load) => load.end());
  await store.close();

  const stored = await storedIds(url, after);
  const found = faults(
    stored,
    delivered,
    written.flatMap(({ ids }) => ids),
  );
  const outages = written.reduce((sum, each) => sum + each.outages, 0);
  const rate = Math.round(delivered.length / seconds).toLocaleString('en-US');
  const fire = kill ? `, ${killed} connections killed, ${outages} appends repeated` : '';
  console.log(
    `  batches of ${String(batchSize).padStart(4)}: ${delivered.length} of ${stored.length} delivered, ${rate}/s${fire}`,
  );
  const wrong = Object.entries(found).filter(([, count]) => count > 0);
  if (wrong.length > 0 || stored.length !== events)
    throw new Error(`${stored.length} of ${events} stored; ${wrong.map(([what, n]) => `${n} ${what}`).join(', ')}`);
};

/** Everything stored is delivered, once and in order, to a subscriber that runs beside 16 writers. */
export const delivery: Benchmark = async ({ url, short }) => {
  const events = short ? 10_000 : 100_000;
  for (const kill of [false, true]) {
    console.log(
      `delivery beside 16 writers, 5 events an append${kill ? ', writers killed at random' : ''} (${machine()})`,
    );
    for (const batchSize of BATCH_SIZES) await deliver({ url, batchSize, events, kill });
    console.log('  nothing missing, repeated or out of order; goal: the same\n');
  }
};
