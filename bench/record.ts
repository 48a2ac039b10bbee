/**
 * What the record of the log costs: its CPU beside that of `POST /orders` while orders are placed, and how long after
 * its append an event is recorded at a steady 2 000 events a second.
 */
import { randomUUID } from 'node:crypto';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import type { Position } from '../src/event-store/port.ts';
import { sleep } from '../src/platform/backoff.ts';
import { openDatabase } from '../src/platform/database.ts';
import type { HttpFigures, HttpLoad } from './load/http.ts';
import type { RecordFigures, RecordLoad } from './load/record.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';
import { newEvent } from './support/events.ts';
import { startLoad } from './support/load.ts';
import { placingAtWaybill } from './support/orders.ts';
import { cpuBelow } from './support/process-tree.ts';
import { startWaybill } from './support/waybill.ts';

const startRecord = () => startLoad<RecordLoad, RecordFigures>('record');

type Cost = {
  readonly perSecond: number;
  readonly eventsAnOrder: number;
  readonly orderUs: number;
  readonly recordUs: number;
  readonly serverUs: number;
  readonly share: number;
};

const tellCost = (rounds: readonly Cost[]): void => {
  const [order, record, server] = (['orderUs', 'recordUs', 'serverUs'] as const).map((name) =>
    median(rounds.map((cost) => cost[name])).toFixed(0),
  );
  const perSecond = median(rounds.map((cost) => cost.perSecond));
  const eventsAnOrder = median(rounds.map((cost) => cost.eventsAnOrder));
  const shares = rounds.map(({ share }) => (share * 100).toFixed(1));
  console.log(
    `POST /orders, ${perSecond.toFixed(0)}/s: ${order} µs of CPU an order in the API and its PostgreSQL; the record of its ` +
      `${eventsAnOrder.toFixed(1)} events: ${record} µs, of them ${server} µs in PostgreSQL\n  ${shares.join(', ')} % in ${rounds.length} rounds (goal: ≤ 3 %)\n`,
  );
};

/** The API alone and the record alone, in processes of their own, so that neither counts what the other uses. */
const measureCost = async (url: string, { rounds, seconds }: { readonly rounds: number; readonly seconds: number }) => {
  const waybill = await startWaybill({ DATABASE_URL: url }, 'api');
  const [http, record, store] = [
    startLoad<HttpLoad, HttpFigures>('http'),
    startRecord(),
    openPostgresEventStore({ url }),
  ];
  const requests = await placingAtWaybill(waybill);
  const place = () => http.run({ requests, connections: 64, seconds: seconds + 1 });
  await Promise.all([http.run({ requests, connections: 64, seconds: 3 }), record.run({ url, seconds: 2 })]);
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    const [first, before] = [await store.head(), await cpuBelow(process.pid, http.pid, record.pid)];
    const [, recorded] = await Promise.all([place(), record.run({ url, seconds })]);
    const [last, after] = [await store.head(), await cpuBelow(process.pid, http.pid, record.pid)];
    const events = Number(last - first);
    const anEventUs = ((recorded.ownMs + recorded.serverMs) * 1_000) / recorded.events;
    const orders = await countOrders(url, first, last);
    const eventsAnOrder = events / orders;
    const orderUs = ((after - before - recorded.serverMs) * 1_000) / orders;
    const serverUs = (recorded.serverMs * 1_000 * eventsAnOrder) / recorded.events;
    const recordUs = anEventUs * eventsAnOrder;
    costs.push({
      perSecond: orders / (seconds + 1),
      eventsAnOrder,
      orderUs,
      recordUs,
      serverUs,
      share: recordUs / orderUs,
    });
  }
  http.end();
  record.end();
  await store.close();
  await waybill.stop();
  tellCost(costs);
};

const countOrders = async (url: string, after: Position, until: Position): Promise<number> => {
  const db = openDatabase({ url });
  const [row] = await db('events')
    .where({ type: 'OrderPlaced' })
    .where('position', '>', String(after))
    .where('position', '<=', String(until))
    .count<{ count: string }[]>();
  await db.destroy();
  return Number(row?.count ?? 0);
};

const EVENTS_A_SECOND = 2_000;
const LONGEST_MS = 5_000;

/** Appends steadily through the port, one event each, and looks how far the record has come. */
const measureLag = async (url: string, seconds: number): Promise<void> => {
  const [db, store, record] = [openDatabase({ url }), openPostgresEventStore({ url }), startRecord()];
  const recording = record.run({ url, seconds: seconds + 1 });
  await sleep(500);
  const appended = new Map<Position, number>();
  const lags: number[] = [];
  const look = async (): Promise<void> => {
    const row = await db<{ position: string }>('log_progress').first('position');
    const [reached, now] = [BigInt(row?.position ?? 0), performance.now()];
    for (const [position, at] of appended)
      if (position <= reached) {
        lags.push(now - at);
        appended.delete(position);
      }
  };
  const append = async (): Promise<void> => {
    const { position } = await store.append(`order-${randomUUID()}`, [newEvent()], 'no_stream');
    appended.set(position, performance.now());
  };
  const [start, appending] = [performance.now(), [] as Promise<void>[]];
  const all = seconds * EVENTS_A_SECOND;
  while (lags.length < all && performance.now() - start < (seconds + 10) * 1_000) {
    const due = Math.min(all, ((performance.now() - start) / 1_000) * EVENTS_A_SECOND);
    while (appending.length < due) appending.push(append());
    await look();
    await sleep(5);
  }
  await Promise.all(appending);
  await recording;
  record.end();
  await store.close();
  await db.destroy();
  console.log(
    `appended → recorded, ${EVENTS_A_SECOND} events/s, ${lags.length} of ${all} events: ` +
      `median ${median(lags).toFixed(0)} ms, p99 ${p99Of(lags).toFixed(0)} ms, most ${Math.max(...lags).toFixed(0)} ms (goal: all within ${LONGEST_MS} ms)\n`,
  );
};

export const record: Benchmark = async ({ url, short }) => {
  await measureCost(url, short ? { rounds: 1, seconds: 4 } : { rounds: 3, seconds: 8 });
  await measureLag(url, short ? 4 : 15);
};
