import type { Benchmark } from './support/benchmark.ts';
import { CONNECTIONS, openArena } from './support/contest.ts';
import { placingAtFloor, seedOrders } from './support/orders.ts';
import type { HttpLoad } from './load/http.ts';
import { startLoad } from './support/load.ts';

const ACTIONS = ['confirm', 'start_processing'] as const;

/** Both steps of an order go over the same connection, one after the other. */
const stepsOf = (urls: readonly string[], token?: string): HttpLoad['requests'] => {
  const requests: HttpLoad['requests'][number][] = [];
  for (let start = 0; start < urls.length; start += CONNECTIONS)
    for (const action of ACTIONS)
      for (const url of urls.slice(start, start + CONNECTIONS))
        requests.push({ method: 'POST', url, body: { action }, ...(token !== undefined && { token }) });
  return requests;
};

/** `POST /orders/{id}/state` against a row that is locked and updated. */
export const changeState: Benchmark = ({ url, short }) =>
  openArena(url, async ({ floor, waybill, contest }) => {
    const orders = CONNECTIONS * (short ? 15 : 200);
    const token = await waybill.token({ role: 'admin' });
    const placing = startLoad<HttpLoad, object>('http');
    await placing.run({ requests: placingAtFloor(floor), connections: CONNECTIONS });
    placing.end();
    await contest({
      title: 'POST /orders/{id}/state, 64 connections',
      rounds: short ? 3 : 5,
      floor: {
        name: 'koa + pg, select for update and update',
        requests: () => stepsOf(Array.from({ length: orders }, (_, n) => `${floor}/orders/${(n % 640) + 1}/state`)),
      },
      waybill: {
        name: 'Waybill',
        requests: async () => {
          const ids = await seedOrders({ url, masterKey: waybill.masterKey, orders, events: 1 });
          return stepsOf(
            ids.map((id) => `${waybill.url}/orders/${id}/state`),
            token,
          );
        },
      },
      goal: 'first ≥ 0.8, goal ≥ 1.5',
    });
  });
