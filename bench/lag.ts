/** How long after its append an event is visible in the order list, at a steady 500 events a second. */
import { randomBytes } from 'node:crypto';
import { createCodec } from '../src/event-store/codec.ts';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import type { Position } from '../src/event-store/port.ts';
import { openDataKeys } from '../src/platform/data-keys.ts';
import { openDatabase } from '../src/platform/database.ts';
import { readCheckpoints, startProjectors } from '../src/projections/engine/index.ts';
import { orderList } from '../src/projections/orders/index.ts';
import { projections } from '../src/projections/registry.ts';
import { sleep } from '../src/platform/backoff.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';
import { encodeOrder, EVENTS_AN_ORDER } from './support/order-log.ts';

const EVENTS_A_SECOND = 500;

type Waiting = { readonly position: Position; readonly appendedAt: number };

export const lag: Benchmark = async ({ url, short }) => {
  const [db, store] = [openDatabase({ url }), openPostgresEventStore({ url })];
  const codec = createCodec(openDataKeys({ db, masterKey: randomBytes(32) }));
  const stopping = new AbortController();
  const ignore = (): void => undefined;
  const log = { info: ignore, warn: ignore, error: ignore };
  const projectors = startProjectors({ projections, db, store, codec, log, signal: stopping.signal });

  const waiting: Waiting[] = [];
  const lags: number[] = [];
  const look = async (): Promise<void> => {
    const reached = (await readCheckpoints(db, [orderList.name])).get(orderList.name)?.position ?? 0n;
    const now = performance.now();
    for (let first = waiting[0]; first !== undefined && first.position <= reached; first = waiting[0]) {
      lags.push(now - first.appendedAt);
      waiting.shift();
    }
  };

  const orders = ((short ? 3 : 15) * EVENTS_A_SECOND) / EVENTS_AN_ORDER;
  const append = async (n: number): Promise<void> => {
    const { stream, events } = await encodeOrder(codec, n, new Date().toISOString());
    for (const [revision, event] of events.entries()) {
      const { position } = await store.append(stream, [event], revision === 0 ? 'no_stream' : BigInt(revision - 1));
      waiting.push({ position, appendedAt: performance.now() });
    }
  };
  const start = performance.now();
  const appending: Promise<void>[] = [];
  while (lags.length < orders * EVENTS_AN_ORDER) {
    const due = Math.min(orders, ((performance.now() - start) / 1_000) * (EVENTS_A_SECOND / EVENTS_AN_ORDER));
    while (appending.length < due) appending.push(append(appending.length));
    await look();
    await sleep(1);
  }
  await Promise.all(appending);
  stopping.abort();
  await projectors;
  console.log(
    `appended → visible in the order list, ${EVENTS_A_SECOND} events/s, ${lags.length} events: ` +
      `median ${median(lags).toFixed(1)} ms, p99 ${p99Of(lags).toFixed(1)} ms (goal: p99 < 100 ms)\n`,
  );
  await store.close();
  await db.destroy();
};
