/** What following orders live costs one process of the API: its memory, and how soon everybody hears. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark } from './support/benchmark.ts';
import { readTree } from './support/process-tree.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

const STREAMS = 1_000;
const LIMIT_MS = 60_000;

type Call = (method: string, path: string, body?: object) => Promise<unknown>;

const callerOf = ({ url }: Waybill, token: string): Call => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
};

const order = { customer_id: 'c-1', items: [{ product_id: 'p', unit_price: 5, quantity: 1 }] };

const placeAll = async (call: Call): Promise<readonly string[]> => {
  const ids: string[] = [];
  while (ids.length < STREAMS) {
    const placed = await Promise.all(Array.from({ length: 50 }, () => call('POST', '/orders', order)));
    ids.push(...placed.map((one) => (one as { readonly id: string }).id));
  }
  return ids;
};

/** Resident memory of the process that answers, in MB. */
const memoryOf = async ({ pid }: Waybill): Promise<number> => {
  for (const member of await readTree(pid)) {
    const command = await readFile(`/proc/${member.pid}/cmdline`, 'utf8').catch(() => '');
    if (!command.split('\0').includes('api')) continue;
    const status = await readFile(`/proc/${member.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  }
  throw new Error('no process of the API is there');
};

type Heard = { statuses: number; ended: number };

const follow = ({ url }: Waybill, id: string, token: string, heard: Heard): void => {
  const asked = request(`${url}/orders/${id}/tracking-stream`, { headers: { authorization: `Bearer ${token}` } });
  asked.on('response', (answer) => {
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => (heard.statuses += text.split('event: status').length - 1));
    answer.on('end', () => (heard.ended += 1));
    answer.on('error', (error) => console.error(error.message));
  });
  asked.end();
};

const until = async (what: string, isSo: () => boolean): Promise<number> => {
  const started = performance.now();
  while (!isSo()) {
    if (performance.now() - started > LIMIT_MS) throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
    await pause(5);
  }
  return performance.now() - started;
};

const tell = (what: string, value: number, unit: string): void =>
  console.log(`  ${what.padEnd(52)} ${value.toFixed(0).padStart(7)} ${unit}`);

export const tracking: Benchmark = async ({ url }) => {
  const waybill = await startWaybill({ DATABASE_URL: url });
  const token = await waybill.token({ role: 'admin' });
  const call = callerOf(waybill, token);
  const ids = await placeAll(call);
  await pause(2_000);
  console.log(`${STREAMS} streams of live tracking at one process (goal < 150 MB over idle)`);
  const idle = await memoryOf(waybill);
  tell('memory before', idle, 'MB');
  const heard: Heard = { statuses: 0, ended: 0 };
  for (const id of ids) follow(waybill, id, token, heard);
  tell('until all have their first status', await until('first status', () => heard.statuses >= STREAMS), 'ms');
  await pause(3_000);
  tell('memory over idle, all open', (await memoryOf(waybill)) - idle, 'MB');
  const moving = call('PUT', '/orders/bulk-status-update', { order_ids: ids, status: 'confirmed' });
  const all = await until('second status', () => heard.statuses >= 2 * STREAMS);
  await moving;
  tell('all orders moved in one request: all have heard', all, 'ms');
  tell('memory over idle, after that', (await memoryOf(waybill)) - idle, 'MB');
  const stopping = waybill.stop();
  tell('from SIGTERM until every stream has ended', await until('end', () => heard.ended >= STREAMS), 'ms');
  await stopping;
  console.log();
};
