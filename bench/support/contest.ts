import { compare, median } from './compare.ts';
import type { HttpFigures, HttpLoad } from '../load/http.ts';
import type { FloorAddress, FloorOptions } from '../load/floor.ts';
import { startLoad } from './load.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { readCheckpoints } from '../../src/projections/checkpoints.ts';
import { orderList } from '../../src/projections/order-list.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { startWaybill, type Waybill } from './waybill.ts';

export const CONNECTIONS = 64;

type Requests = HttpLoad['requests'];
type Contestant = {
  /** What is sent, made anew for every round before its clock starts. */
  readonly requests: () => Promise<Requests> | Requests;
  readonly name: string;
};

export type Contest = {
  readonly title: string;
  readonly goal: string;
  readonly floor: Contestant;
  readonly waybill: Contestant;
  readonly rounds: number;
  /** Default: each request once. */
  readonly seconds?: number;
};

export type Arena = {
  /** Address of the plain service. */
  readonly floor: string;
  readonly waybill: Waybill;
  readonly contest: (contest: Contest) => Promise<void>;
};

/** Returns when the order list has everything: a round must not pay for the one before. */
const settle = async (url: string): Promise<void> => {
  const [db, store] = [openDatabase({ url, poolSize: 1 }), openPostgresEventStore({ url, poolSize: 1 })];
  const head = await store.head();
  const position = async () => (await readCheckpoints(db, [orderList.name])).get(orderList.name)?.position ?? 0n;
  while ((await position()) < head) await pause(20);
  await store.close();
  await db.destroy();
};

/** Waybill, all of it, and the plain service on the same database; load comes from a third process. */
export const openArena = async (url: string, fight: (arena: Arena) => Promise<void>): Promise<void> => {
  const load = startLoad<HttpLoad, HttpFigures>('http');
  const plain = startLoad<FloorOptions, FloorAddress>('floor');
  const waybill = await startWaybill({ DATABASE_URL: url });

  const contest = async ({ title, goal, floor, waybill: ours, rounds, seconds }: Contest): Promise<void> => {
    const p99s: Record<string, number[]> = {};
    const measure = async ({ name, requests }: Contestant): Promise<number> => {
      const asked = await requests();
      await settle(url);
      const figures = await load.run({
        requests: asked,
        connections: CONNECTIONS,
        ...(seconds !== undefined && { seconds }),
      });
      (p99s[name] ??= []).push(figures.p99Ms);
      return figures.perSecond;
    };
    await compare({
      title,
      unit: '/s',
      rounds,
      baseline: { name: floor.name, measure: () => measure(floor) },
      candidate: { name: ours.name, measure: () => measure(ours) },
      goal,
    });
    const p99 = ({ name }: Contestant): string => `${median((p99s[name] ?? []).slice(1)).toFixed(0)} ms`;
    console.log(`  p99 of ${floor.name} ${p99(floor)}, of ${ours.name} ${p99(ours)}\n`);
  };

  try {
    await fight({ floor: (await plain.run({ url })).url, waybill, contest });
  } finally {
    await waybill.stop();
    load.end();
    plain.end();
  }
};
