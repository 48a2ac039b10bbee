/**
 * What the product promises of three requests while it is under load: placing an order below 200 ms, reading one below
 * 100 ms, a list of 1 000 below 500 ms, 99 times of 100. The three kinds are asked for at once, each at a fixed rate:
 * without one, every request waits for as many others as there are connections, and its time says how many those are.
 */
import type { Benchmark } from './support/benchmark.ts';
import type { HttpFigures, HttpLoad } from './load/http.ts';
import { settle } from './support/contest.ts';
import { startLoad } from './support/load.ts';
import { placingAtWaybill } from './support/orders.ts';
import { seedShop } from './support/shop.ts';
import { startWaybill } from './support/waybill.ts';

type Promised = { readonly name: string; readonly p99Ms: number; readonly load: HttpLoad };

const LISTED = 1_000;
/** Requests a second: 17 million orders a day, two reads of each, and staff who open a list. */
const [PLACED, READ, LISTS] = [200, 400, 1];

export const promises: Benchmark = async ({ url, short, tiny = false }) => {
  const orders = tiny ? 50 : short ? 2_000 : 20_000;
  const connections = tiny ? 2 : 16;
  const seconds = tiny ? 4 : short ? 5 : 30;
  const waybill = await startWaybill({ DATABASE_URL: url });
  const loads = [0, 1, 2].map(() => startLoad<HttpLoad, HttpFigures>('http'));
  try {
    const token = await waybill.token({ role: 'admin' });
    const ids = await seedShop({ url, masterKey: waybill.masterKey, orders });
    await settle(url);
    const get = (path: string) => ({ method: 'GET' as const, url: `${waybill.url}${path}`, token });
    const kinds: readonly Promised[] = [
      {
        name: 'POST /orders, 2 items',
        p99Ms: 200,
        load: { requests: await placingAtWaybill(waybill), connections, seconds, requestsPerSecond: PLACED },
      },
      {
        name: 'GET /orders/{id}',
        p99Ms: 100,
        load: {
          requests: ids.slice(0, 6_400).map((id) => get(`/orders/${id}`)),
          connections,
          seconds,
          requestsPerSecond: READ,
        },
      },
      {
        name: `GET /orders?limit=${LISTED}`,
        p99Ms: 500,
        load: { requests: [get(`/orders?limit=${LISTED}`)], connections: 1, seconds, requestsPerSecond: LISTS },
      },
    ];
    console.log(
      `${orders} orders, ${PLACED} placed, ${READ} read and ${LISTS} list a second, at once, for ${seconds} s`,
    );
    const askAll = () =>
      Promise.all(
        kinds.map(async ({ load }, index) => {
          const figures = await loads[index]?.run(load);
          if (figures === undefined || figures.requests === 0) throw new Error('a load process got no answer');
          return figures;
        }),
      );
    await askAll(); // does not count: the processes have just started, and most of their code is not compiled yet
    await settle(url);
    const measured = await askAll();
    for (const [index, { name, p99Ms }] of kinds.entries()) {
      const { perSecond = 0, p99Ms: found = NaN } = measured[index] ?? {};
      const verdict = found < p99Ms ? 'kept' : 'NOT KEPT';
      console.log(
        `  ${name}: p99 ${found.toFixed(0)} ms, promised < ${p99Ms} ms: ${verdict} (${perSecond.toFixed(0)}/s)`,
      );
    }
    console.log('');
  } finally {
    for (const load of loads) load.end();
    await waybill.stop();
  }
};
