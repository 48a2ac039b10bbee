/**
 * A verification of the whole log, with its record: events a second, and a second of CPU of the process that verifies. The
 * database works beside it: on a machine with a core for each, the second figure is the first one.
 */
import { recordLog, verifyLog } from '../src/audit/index.ts';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import { openDatabase } from '../src/platform/database.ts';
import type { Benchmark } from './support/benchmark.ts';
import { EVENTS_AN_ORDER, fillLog } from './support/order-log.ts';

const quiet = () => undefined;

export const verify: Benchmark = async ({ url, short, tiny = false }) => {
  const orders = tiny ? 50 : 40_000;
  const [db, store] = [openDatabase({ url }), openPostgresEventStore({ url })];
  await db.raw('alter table events disable trigger events_are_immutable');
  await db.raw('truncate events, data_keys, keys_made');
  await fillLog(db, { orders, openAtOnce: Math.min(orders, 2_000) });

  const head = await store.head();
  const recorded = new AbortController();
  const onProgress = ({ position }: { readonly position: bigint }): Promise<void> => {
    if (position >= head) recorded.abort();
    return Promise.resolve();
  };
  const log = { info: quiet, warn: quiet, error: quiet };
  const before = process.cpuUsage();
  await recordLog({ db, store, numbering: 'positions', log, pauseMs: 1, onProgress }, recorded.signal);
  const recording = process.cpuUsage(before);
  const microseconds = (recording.user + recording.system) / (orders * EVENTS_AN_ORDER);
  console.log(`record of the log: ${microseconds.toFixed(1)} µs of CPU an event`);

  for (let round = 0; round < (tiny || short ? 1 : 3); round++) {
    const [start, cpuBefore] = [performance.now(), process.cpuUsage()];
    const { events, counts } = await verifyLog({
      db,
      store,
      numbering: 'positions',
      keys: undefined,
      folder: 'none',
      readDocument: () => Promise.resolve(undefined),
      canOpen: () => true,
    });
    const [seconds, cpu] = [(performance.now() - start) / 1_000, process.cpuUsage(cpuBefore)];
    if (events !== orders * EVENTS_AN_ORDER || Object.keys(counts).length > 0)
      throw new Error(`${events} events were verified with findings ${JSON.stringify(counts)}`);
    const perCpuSecond = (events * 1_000_000) / (cpu.user + cpu.system);
    console.log(
      `verification of ${events} events: ${Math.round(events / seconds)} events/s, ${Math.round(perCpuSecond)} a second of CPU (goal: ≥ 50 000)`,
    );
  }
  await store.close();
  await db.destroy();
};
