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
import { cpuBelow, cpuOf } from './support/process-tree.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

const EVENTS = 3;

type Contestant = {
  readonly name: string;
  readonly url: string;
  readonly waybill: Waybill;
  readonly openStore: () => EventStore;
  readonly ids: readonly string[];
};

/** Long enough for the jobs of a round, which must not slow the next one down. */
const REST_MS = 2_000;

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
  /** The process of the EventStoreDB, whose processor time counts for those who use it. */
  readonly serverPid: number | undefined;
};

/**
 * Processor time so far, milliseconds: of one Waybill and of the servers that it uses. PostgreSQL serves both, and they run in
 * turn; the other Waybill and the load generator are left out.
 */
const cpuUsedBy = async ({ contestants, load, serverPid }: Match, { waybill }: Contestant): Promise<number> => {
  const below = async (pid: number | undefined): Promise<number> =>
    pid === undefined ? 0 : (await cpuOf(pid)) + (await cpuBelow(pid));
  const [postgres, eventStoreDb] = contestants;
  const other = waybill === postgres.waybill ? eventStoreDb.waybill : postgres.waybill;
  const server = waybill === eventStoreDb.waybill ? await below(serverPid) : 0;
  return (await cpuBelow(process.pid)) - (await below(load.pid)) - (await below(other.pid)) + server;
};

/** So many requests: both contestants do the same work, however slow the machine is at the moment. */
const times = (requests: HttpLoad['requests'], count: number): HttpLoad['requests'] =>
  Array.from({ length: Math.ceil(count / requests.length) }, () => requests)
    .flat()
    .slice(0, count);

const run = async (match: Match): Promise<void> => {
  const { title, goal, contestants, requests, load, short, serverPid } = match;
  const cpu = new Map<Contestant, number[]>();
  const contender = (contestant: Contestant) => {
    const { name, url, openStore } = contestant;
    const measure = async (): Promise<number> => {
      const asked = times(await requests(contestant), short ? 1_500 : 10_000);
      await pause(REST_MS);
      const before = await cpuUsedBy(match, contestant);
      const figures = await load.run({ requests: asked, connections: CONNECTIONS });
      await settle(url, openStore);
      const used = (await cpuUsedBy(match, contestant)) - before;
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
    rounds: 5,
    baseline: contender(postgres),
    candidate: contender(eventStoreDb),
  });
  const middle = (contestant: Contestant): number => median((cpu.get(contestant) ?? []).slice(1)); // the first does not count
  const counted = serverPid === undefined ? 'all but EventStoreDB itself' : 'everything counted but the load generator';
  for (const contestant of contestants)
    console.log(`  ${contestant.name}: ${middle(contestant).toFixed(2)} ms of CPU a request, ${counted}`);
  console.log(`  ratio of this CPU: ${(middle(postgres) / middle(eventStoreDb)).toFixed(2)}\n`);
};

/**
 * Waybill with its events in EventStoreDB against Waybill with its events in PostgreSQL. The server is at
 * `EVENTSTORE_URL`; every run writes under a prefix of its own, and what it wrote stays there. `EVENTSTORE_PID`: its process, where
 * that runs on this machine, so that its processor time is counted.
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
    const serverPid = Number(process.env['EVENTSTORE_PID']) || undefined;
    const match = { contestants, load, short, serverPid };
    await run({ ...match, title: 'POST /orders, 2 items, 64 connections', requests: placing, goal: 'goal ≥ 0.6' });
    await run({ ...match, title: `GET /orders/{id}, ${EVENTS} events each`, requests: getting, goal: 'goal ≥ 0.5' });
  } finally {
    load.end();
    for (const waybill of waybills) await waybill.stop();
    await other.drop();
  }
};
