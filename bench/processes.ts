/** What an installation costs before its first request: its start on a folder that exists, and its memory. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import type { HttpFigures, HttpLoad } from './load/http.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { readTree } from './support/process-tree.ts';
import { startLoad } from './support/load.ts';
import { placingAtWaybill } from './support/orders.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

const startPostgres = async (dataDir: string): Promise<number> => {
  const started = performance.now();
  const { stop } = await startEmbeddedPostgres({ dataDir });
  const taken = performance.now() - started;
  await stop();
  return taken;
};

const startAll = async (dataDir: string): Promise<number> => {
  const { readyMs, stop } = await startWaybill({ DATA_DIR: dataDir });
  await stop();
  return readyMs;
};

type Memory = { readonly node: number; readonly postgres: number };

/** Of a process and all below it, MB; what processes share is divided between them. */
const memoryOf = async (root: number): Promise<Memory> => {
  let [node, postgres] = [0, 0];
  for (const pid of [root, ...(await readTree(root)).map((process) => process.pid)]) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    const megabytes = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.startsWith(process.execPath)) node += megabytes;
    else postgres += megabytes;
  }
  return { node, postgres };
};

const tell = (when: string, { node, postgres }: Memory): void =>
  console.log(`  ${when.padEnd(44)} ${node.toFixed(0).padStart(9)} MB  (PostgreSQL ${postgres.toFixed(0)} MB besides)`);

const load = async (waybill: Waybill, seconds: number): Promise<Memory> => {
  const http = startLoad<HttpLoad, HttpFigures>('http');
  let most: Memory = { node: 0, postgres: 0 };
  const placing = http.run({ requests: await placingAtWaybill(waybill), connections: 64, seconds });
  const done = placing.then(() => true);
  while (!(await Promise.race([done, pause(250, false)]))) {
    const now = await memoryOf(waybill.pid);
    if (now.node > most.node) most = now;
  }
  http.end();
  return most;
};

export const processes: Benchmark = async ({ short }) => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  try {
    await compare({
      title: 'start to ready on an existing data folder',
      unit: 'ms',
      rounds: short ? 3 : 5,
      baseline: { name: 'its PostgreSQL alone', measure: () => startPostgres(folder) },
      candidate: { name: 'Waybill, supervisor and all roles', measure: () => startAll(folder) },
      goal: 'first < 5 000 ms, goal < 2 000 ms',
    });
    const waybill = await startWaybill({ DATA_DIR: folder });
    await pause(3_000);
    console.log('memory of supervisor, keeper and roles (first < 500 MB, goal < 300 MB)');
    tell('idle', await memoryOf(waybill.pid));
    tell('most during POST /orders, 64 connections', await load(waybill, short ? 5 : 15));
    console.log();
    await waybill.stop();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};
