import { openArena } from './support/contest.ts';
import type { Benchmark } from './support/benchmark.ts';
import { seedOrders, placingAtFloor } from './support/orders.ts';
import type { HttpLoad } from './load/http.ts';
import { startLoad } from './support/load.ts';

const EVENTS = 3;
const ASKED_FOR = 6_400;

const some = (urls: readonly string[], token?: string): HttpLoad['requests'] =>
  Array.from({ length: ASKED_FOR }, (_, n) => ({
    method: 'GET' as const,
    url: urls[Math.floor((n * urls.length) / ASKED_FOR)] ?? '',
    ...(token !== undefined && { token }),
  }));

/** `GET /orders/{id}`, folded from its stream, against the rows of order and items; then a page of the list. */
export const getOrder: Benchmark = ({ url, short }) =>
  openArena(url, async ({ floor, waybill, contest }) => {
    const orders = short ? 5_000 : 100_000;
    const token = await waybill.token({ role: 'admin' });
    const ids = await seedOrders({ url, masterKey: waybill.masterKey, orders, events: EVENTS });
    const placing = startLoad<HttpLoad, object>('http');
    await placing.run({ requests: placingAtFloor(floor), connections: 64 });
    placing.end();
    const settings = { rounds: short ? 3 : 5, seconds: short ? 3 : 8 };
    const plain = some(Array.from({ length: 640 }, (_, n) => `${floor}/orders/${n + 1}`));
    await contest({
      ...settings,
      title: `GET /orders/{id}, ${EVENTS} events each, ${orders} orders, 64 connections`,
      floor: { name: 'koa + pg, select order and items', requests: () => plain },
      waybill: {
        name: 'Waybill',
        requests: () =>
          some(
            ids.map((id) => `${waybill.url}/orders/${id}`),
            token,
          ),
      },
      goal: 'first ≥ 0.7, goal ≥ 1.2',
    });
  });
