import { compare, median } from './compare.ts';
import type { HttpFigures, HttpLoad } from '../load/http.ts';
import type { FloorAddress, FloorOptions } from '../load/floor.ts';
import { cpuBelow } from './process-tree.ts';
import { startLoad } from './load.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { readCheckpoints } from '../../src/projections/engine/index.ts';
import { projections } from '../../src/projections/registry.ts';
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

/** Returns when every read model has everything: a round must not pay for the one before. */
export const settle = async (url: string, openStore = openPostgres): Promise<void> => {
  const [db, store] = [openDatabase({ url, poolSize: 1 }), openStore(url)];
  const head = await store.head();
  const names = projections.map(({ name }) => name);
  const isBehind = async (): Promise<boolean> => {
    const checkpoints = await readCheckpoints(db, names);
    return names.some((name) => (checkpoints.get(name)?.position ?? 0n) < head);
  };
  while (await isBehind()) await pause(20);
  await store.close();
  await db.destroy();
};

const openPostgres = (url: string): EventStore => openPostgresEventStore({ url, poolSize: 1 });

/** Waybill, all of it, and the plain service on the same database; load comes from a third process. */
export const openArena = async (url: string, fight: (arena: Arena) => Promise<void>): Promise<void> => {
  const load = startLoad<HttpLoad, HttpFigures>('http');
  const plain = startLoad<FloorOptions, FloorAddress>('floor');
  const waybill = await startWaybill({ DATABASE_URL: url });

  const contest = async ({ title, goal, floor, waybill: ours, rounds, seconds }: Contest): Promise<void> => {
    const p99s: Record<string, number[]> = {};
    const cpu: Record<string, number[]> = {};
    const cpuSoFar = () => cpuBelow(process.pid, load.pid);
    const measure = async ({ name, requests }: Contestant): Promise<number> => {
      const asked = await requests();
      await settle(url);
      const before = await cpuSoFar();
      const figures = await load.run({
        requests: asked,
        connections: CONNECTIONS,
        ...(seconds !== undefined && { seconds }),
      });
      await settle(url);
      (p99s[name] ??= []).push(figures.p99Ms);
      (cpu[name] ??= []).push(((await cpuSoFar()) - before) / figures.requests);
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
    const middle = (taken: readonly number[] = []): number => median(taken.slice(1)); // the first does not count
    for (const { name } of [floor, ours])
      console.log(
        `  ${name}: p99 ${middle(p99s[name]).toFixed(0)} ms, ${middle(cpu[name]).toFixed(2)} ms of CPU a request`,
      );
    const cpuRatio = middle(cpu[floor.name]) / middle(cpu[ours.name]);
    console.log(`  ratio of CPU a request, everything counted but the load generator: ${cpuRatio.toFixed(2)}\n`);
  };

  try {
    await fight({ floor: (await plain.run({ url })).url, waybill, contest });
  } finally {
    await waybill.stop();
    load.end();
    plain.end();
  }
};
