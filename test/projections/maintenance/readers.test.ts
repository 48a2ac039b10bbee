// time limit: 120 s
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projections } from '../../../src/projections/registry.ts';
import { anOrder, startTestApi, type Answer, type TestApi } from '../../support/api.ts';
import { programArgs } from '../../support/compiled.ts';
import { createPayment, deliveredOrder } from '../../support/money-over-http.ts';

const test = suite('readers of a read model that is rebuilt');
let api: TestApi;
test.before(async () => {
  api = await startTestApi();
});
test.after(() => api.close());

const startRebuild = (): ChildProcess =>
  spawn(process.execPath, programArgs(new URL('./rebuild-process.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: api.database.url, MASTER_KEY: api.masterKey.toString('base64') },
  });

const epochs = async (): Promise<readonly number[]> => {
  const rows = await api.core
    .db<{ name: string; epoch: string }>('projection_checkpoints')
    .whereIn(
      'name',
      projections.map(({ name }) => name),
    )
    .orderBy('name');
  return rows.map(({ epoch }) => Number(epoch));
};

/** What readers ask for. `count`: how much of it an answer shows, which never becomes less. */
type Reading = { readonly path: string; readonly count: (answer: Answer<unknown>) => number };

const total = ({ headers }: Answer<unknown>): number => Number(headers.get('X-Total-Count'));
const rows = ({ body }: Answer<unknown>): number => (body as readonly unknown[]).length;
/** Orders of all rows of a report. */
const ordersIn = ({ body }: Answer<unknown>): number =>
  (body as readonly { readonly orders: number | null }[]).reduce((sum, { orders }) => sum + (orders ?? 0), 0);
const today = (): string => new Date().toISOString().slice(0, 10);

const ORDERS: readonly Reading[] = [
  { path: '/orders?limit=1&count=exact', count: total },
  { path: `/analytics/sales?start_date=${today()}&end_date=${today()}`, count: ordersIn },
  {
    path: `/analytics/summary?start_date=${today()}&end_date=${today()}`,
    count: ({ body }) => (body as Summary).orders,
  },
];
const others = (number: string): readonly Reading[] => [
  { path: `/orders/search?q=${number}`, count: rows },
  { path: '/payments?count=exact', count: total },
  { path: '/returns?count=exact', count: total },
  { path: `/analytics/top-customers?start_date=${today()}&end_date=${today()}`, count: ordersIn },
];

type Summary = { readonly orders: number };

test('lists, search and reports stay complete, current and answered while all are rebuilt twice and the process is killed once', async () => {
  let placed = 0;
  const place = async (): Promise<string> => {
    const { status, headers } = await api.call('/orders', { json: anOrder(), unchecked: true });
    assert.is(status, 201);
    placed += 1;
    return headers.get('X-Event-Position') ?? '';
  };
  for (let n = 0; n < 30; n++) await place();
  const { id, order_number, items } = await deliveredOrder(api);
  const readings = [...ORDERS, ...others(order_number)];
  placed += 1;
  assert.is((await createPayment(api, id)).status, 201);
  const [item] = items;
  const asked = { order_id: id, items: [{ order_item_id: item?.id, quantity: 1, reason: 'damaged' }] };
  const returned = await api.call('/returns', { json: asked });
  assert.is(returned.status, 201, returned.text);

  const seen = { isOver: false, reads: 0, slowest: 0, counts: new Map<string, number>() };
  const readOne = async ({ path, count }: Reading, position: string): Promise<number> => {
    const begun = performance.now();
    const answer = await api.call<unknown>(path, { headers: { 'X-Min-Position': position }, unchecked: true });
    seen.slowest = Math.max(seen.slowest, performance.now() - begun);
    assert.is(answer.status, 200, `${path}: ${answer.text}`);
    const [now, before] = [count(answer), seen.counts.get(path) ?? 0];
    assert.ok(now >= before, `${path} went back from ${before} to ${now}`);
    seen.counts.set(path, now);
    seen.reads += 1;
    return now;
  };
  const read = async (): Promise<void> => {
    while (!seen.isOver) {
      const expected = placed + 1;
      const position = await place();
      for (const reading of ORDERS) {
        const there = await readOne(reading, position);
        assert.ok(there >= expected, `${reading.path}: ${there} of ${expected} orders were there`);
      }
      for (const reading of readings.slice(ORDERS.length)) await readOne(reading, position);
    }
  };
  const before = await epochs();
  const reading = read();
  reading.catch(() => undefined); // awaited below
  try {
    const killed = startRebuild();
    for (let pages = 0; pages < 5; pages++) await once(killed, 'message');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    for (let time = 0; time < 2; time++) {
      const [code] = (await once(startRebuild(), 'exit')) as [number | null];
      assert.is(code, 0);
    }
  } finally {
    seen.isOver = true;
    await reading;
  }
  const rebuilt = (await epochs()).map((epoch, n) => epoch - (before[n] ?? 0));
  assert.ok(
    rebuilt.every((times) => times >= 2),
    `rebuilt ${rebuilt.join()} times`,
  );
  assert.ok(seen.reads > 50, `${seen.reads} reads`);
  for (const { path } of readings) assert.ok((seen.counts.get(path) ?? 0) > 0, `${path} was empty`);
  assert.ok(seen.slowest < 5_000, `a reader waited ${seen.slowest} ms`);
});

test.run();
