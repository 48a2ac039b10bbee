/** What those who order notice of invoices being made: `POST /orders` alone, and beside orders shipped at a steady pace. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpFigures, HttpLoad } from './load/http.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { startLoad } from './support/load.ts';
import { placingAtWaybill, seedOrders } from './support/orders.ts';
import { startWaybill } from './support/waybill.ts';

const SHIPPED_A_SECOND = 20;
const CONNECTIONS = 16;
const PROCESSING = 3;

export const besideInvoices: Benchmark = async ({ url, short }) => {
  const seconds = short ? 4 : 10;
  const waybill = await startWaybill({ DATABASE_URL: url });
  const load = startLoad<HttpLoad, HttpFigures>('http');
  try {
    const requests = await placingAtWaybill(waybill);
    const token = await waybill.token({ role: 'admin' });
    const place = async (): Promise<number> => (await load.run({ requests, connections: CONNECTIONS, seconds })).p99Ms;

    const ship = async (id: string): Promise<void> => {
      const response = await fetch(`${waybill.url}/orders/${id}/state`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ action: 'ship' }),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`shipping answered ${response.status}`);
    };

    const placeBeside = async (): Promise<number> => {
      const orders = SHIPPED_A_SECOND * seconds;
      const ids = await seedOrders({ url, masterKey: waybill.masterKey, orders, events: PROCESSING });
      const placing = place();
      for (const id of ids) {
        await ship(id);
        await pause(1_000 / SHIPPED_A_SECOND);
      }
      return placing;
    };
    await compare({
      title: `POST /orders, ${CONNECTIONS} connections, p99`,
      unit: 'ms',
      rounds: 3,
      baseline: { name: 'nothing besides', measure: place },
      candidate: { name: `${SHIPPED_A_SECOND} orders shipped a second, an invoice each`, measure: placeBeside },
      goal: '≤ 2',
    });
  } finally {
    await waybill.stop();
    load.end();
  }
};
