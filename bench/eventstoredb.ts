import { randomBytes } from 'node:crypto';
import type { EventStore } from '../src/event-store/port.ts';
import { openEventStoreDb } from '../src/event-store/eventstoredb/index.ts';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import type { HttpFigures, HttpLoad } from './load/http.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare, median } from './support/compare.ts';
import { CONNECTIONS, settle } from './support/contest.ts';
import { createDatabase } from './support/database.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { startLoad, type Load } from './support/load.ts';
import { placingAtWaybill, seedOrders } from './support/orders.ts';
import { cpuBelow } from './support/process-tree.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

const EVENTS = 3;

type Contestant = {
  readonly name: string;
  readonly url: string;
  readonly waybill: Waybill;
  readonly openStore: () => EventStore;
  readonly ids: readonly string[];
};

const QUIET = { everyMs: 500, cpuMs: 40, limitMs: 60_000 };

/** Returns when Waybill has nothing left to do: its jobs of a round must not slow the next one down. */
const untilQuiet = async ({ pid }: Waybill): Promise<void> => {
  const until = performance.now() + QUIET.limitMs;
  let before = await cpuBelow(pid, undefined);
  while (performance.now() < until) {
    await pause(QUIET.everyMs);
    const now = await cpuBelow(pid, undefined);
    if (now - before < QUIET.cpuMs) return;
    before = now;
  }
};

type Opened = Omit<Contestant, 'ids'>;

const seed = async ({ waybill, openStore, url, ...rest }: Opened, orders: number): Promise<Contestant> => {
  const store = openStore();
  const ids = await seedOrders({ url, store, masterKey: waybill.masterKey, orders, events: EVENTS });
  await store.close();
  return { ...rest, waybill, openStore, url, ids };
};

const placing = ({ waybill }: Contestant): Promise<HttpLoad['requests']> => placingAtWaybill(waybill);

const getting = async ({ waybill, ids }: Contestant): Promise<HttpLoad['requests']> => {
  const token = await waybill.token({ role: 'admin' });
  return ids.map((id) => ({ method: 'GET', url: `${waybill.url}/orders/${id}`, token }));
};

type Match = {
  readonly title: string;
  readonly goal: string;
  readonly contestants: readonly [postgres: Contestant, eventStoreDb: Contestant];
  readonly requests: (contestant: Contestant) => Promise<HttpLoad['requests']>;
  readonly load: Load<HttpLoad, HttpFigures>;
  readonly short: boolean;
};

const run = async ({ title, goal, contestants, requests, load, short }: Match): Promise<void> => {
  const cpu = new Map<Contestant, number[]>();
  const contender = (contestant: Contestant) => {
    const { name, url, waybill, openStore } = contestant;
    const measure = async (): Promise<number> => {
      const asked = await requests(contestant);
      await untilQuiet(waybill);
      const before = await cpuBelow(waybill.pid, undefined);
      const figures = await load.run({ requests: asked, connections: CONNECTIONS, seconds: short ? 3 : 8 });
      await settle(url, openStore);
      await untilQuiet(waybill);
      const used = (await cpuBelow(waybill.pid, undefined)) - before;
      cpu.set(contestant, [...(cpu.get(contestant) ?? []), used / figures.requests]);
      return figures.perSecond;
    };
    return { name, measure };
  };
  const [postgres, eventStoreDb] = contestants;
  await compare({
    title,
    goal,
    unit: '/s',
    rounds: short ? 3 : 5,
    baseline: contender(postgres),
    candidate: contender(eventStoreDb),
  });
  const middle = (contestant: Contestant): number => median((cpu.get(contestant) ?? []).slice(1)); // the first does not count
  for (const contestant of contestants)
    console.log(`  ${contestant.name}: ${middle(contestant).toFixed(2)} ms of CPU a request in Waybill's processes`);
  console.log(`  ratio of this CPU: ${(middle(postgres) / middle(eventStoreDb)).toFixed(2)}\n`);
};

/**
 * Waybill with its events in EventStoreDB against Waybill with its events in PostgreSQL. The server is at
 * `EVENTSTORE_URL`; every run writes under a prefix of its own, and what it wrote stays there.
 */
export const eventStoreDb: Benchmark = async ({ url, short }) => {
  const server = process.env['EVENTSTORE_URL'];
  if (server === undefined || server === '') {
    console.log('eventstoredb: not run; set EVENTSTORE_URL, for example to esdb://127.0.0.1:2113?tls=false\n');
    return;
  }
  const prefix = `bench-${randomBytes(4).toString('hex')}-`;
  const other = await createDatabase(url, 'bench_beside');
  const waybills = [
    await startWaybill({ DATABASE_URL: url }),
    await startWaybill({ DATABASE_URL: other.url, EVENTSTORE_URL: server, EVENTSTORE_PREFIX: prefix }),
  ] as const;
  const load = startLoad<HttpLoad, HttpFigures>('http');
  try {
    const orders = short ? 3_200 : 32_000;
    const contestants = [
      await seed(
        {
          name: 'events in PostgreSQL',
          url,
          waybill: waybills[0],
          openStore: () => openPostgresEventStore({ url }),
        },
        orders,
      ),
      await seed(
        {
          name: 'events in EventStoreDB',
          url: other.url,
          waybill: waybills[1],
          openStore: () => openEventStoreDb({ url: server, prefix }),
        },
        orders,
      ),
    ] as const;
    const match = { contestants, load, short };
    await run({ ...match, title: 'POST /orders, 2 items, 64 connections', requests: placing, goal: 'goal ≥ 0.6' });
    await run({ ...match, title: `GET /orders/{id}, ${EVENTS} events each`, requests: getting, goal: 'goal ≥ 0.5' });
  } finally {
    load.end();
    for (const waybill of waybills) await waybill.stop();
    await other.drop();
  }
};
