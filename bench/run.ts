import { append } from './append.ts';
import { besideInvoices } from './beside-invoices.ts';
import { catchUp } from './catch-up.ts';
import { changeState } from './change-state.ts';
import { delivery } from './delivery.ts';
import { eventStoreDb } from './eventstoredb.ts';
import { exportOrders } from './export.ts';
import { getOrder } from './get-order.ts';
import { invoice } from './invoice.ts';
import { lag } from './lag.ts';
import { list } from './list.ts';
import { placeOrder } from './place-order.ts';
import { processes } from './processes.ts';
import { promises } from './promises.ts';
import { record } from './record.ts';
import { reports } from './reports.ts';
import { rebuild } from './rebuild.ts';
import { ship } from './ship.ts';
import { tracking } from './tracking.ts';
import { verify } from './verify.ts';
import type { Benchmark } from './support/benchmark.ts';
import { machine } from './support/compare.ts';
import { startBenchServer } from './support/database.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  promises,
  append,
  delivery,
  rebuild,
  'catch-up': catchUp,
  list,
  reports,
  export: exportOrders,
  lag,
  'place-order': placeOrder,
  'change-state': changeState,
  'get-order': getOrder,
  invoice,
  ship,
  'beside-invoices': besideInvoices,
  processes,
  tracking,
  record,
  verify,
  eventstoredb: eventStoreDb,
};

const args = process.argv.slice(2);
const short = args.includes('--short');
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`no benchmark named ${unknown.join(', ')}; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}

console.log(`${machine()}${short ? ', short runs: figures are rough' : ''}\n`);
const server = await startBenchServer();
try {
  for (const [name, run] of Object.entries(benchmarks)) {
    if (named.length > 0 && !named.includes(name)) continue;
    const { url, drop } = await server.openDatabase(name);
    await run({ url, short });
    await drop();
  }
} finally {
  await server.stop();
}
