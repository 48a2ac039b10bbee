/** How long after an order was shipped its invoice can be downloaded, at a steady pace, over HTTP and real processes. */
import { setTimeout as pause } from 'node:timers/promises';
import { documentIdOf } from '../src/commands/documents.ts';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import { streamId } from '../src/event-store/stream-names.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';
import { seedOrders } from './support/orders.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

const LIMIT_MS = 60_000;
const PROCESSING = 3;

type Pace = { readonly url: string; readonly waybill: Waybill; readonly aSecond: number; readonly seconds: number };

/** Instants at which the log had the rendering of each document, by document id. */
const followRenderings = async (url: string, rendered: Map<string, number>, signal: AbortSignal): Promise<void> => {
  const store = openPostgresEventStore({ url });
  const after = await store.head();
  for await (const { events } of store.subscribe({ after, prefixes: ['document-'], signal }))
    for (const { type, stream } of events)
      if (type === 'DocumentRendered') rendered.set(streamId(stream), performance.now());
  await store.close();
};

const ask = async (url: string, token: string, body?: object): Promise<void> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(
    url,
    body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
  );
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
};

const shipAt = async ({ url, waybill, aSecond, seconds }: Pace): Promise<void> => {
  const token = await waybill.token({ role: 'admin' });
  const orders = aSecond * seconds;
  const ids = await seedOrders({ url, masterKey: waybill.masterKey, orders, events: PROCESSING });
  const rendered = new Map<string, number>();
  const stopping = new AbortController();
  const following = followRenderings(url, rendered, stopping.signal);

  const shippedAt = new Map<string, number>();
  const ship = async (id: string): Promise<void> => {
    await ask(`${waybill.url}/orders/${id}/state`, token, { action: 'ship' });
    shippedAt.set(documentIdOf('invoice', id), performance.now());
  };
  const start = performance.now();
  const shipping: Promise<void>[] = [];
  for (const [n, id] of ids.entries()) {
    await pause(Math.max(0, start + (n * 1_000) / aSecond - performance.now()));
    shipping.push(ship(id));
  }
  await Promise.all(shipping);
  const until = performance.now() + LIMIT_MS;
  while (rendered.size < orders) {
    if (performance.now() > until) throw new Error(`${orders - rendered.size} of ${orders} invoices are missing`);
    await pause(10);
  }
  stopping.abort();
  await following;

  for (const id of shippedAt.keys()) await ask(`${waybill.url}/invoices/${id}/download`, token);
  const taken = [...shippedAt].map(([id, at]) => Math.max(0, (rendered.get(id) ?? NaN) - at));
  console.log(
    `shipped → invoice downloadable, ${aSecond} orders/s, ${orders} orders: ` +
      `median ${median(taken).toFixed(0)} ms, p99 ${p99Of(taken).toFixed(0)} ms`,
  );
};

export const ship: Benchmark = async ({ url, short }) => {
  const waybill = await startWaybill({ DATABASE_URL: url });
  try {
    await shipAt({ url, waybill, aSecond: 20, seconds: short ? 4 : 15 });
    await shipAt({ url, waybill, aSecond: 50, seconds: short ? 4 : 15 });
    console.log('  (first: p99 < 5 s at 20 a second; goal: p99 < 1 s at 50 a second)\n');
  } finally {
    await waybill.stop();
  }
};
