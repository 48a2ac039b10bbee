/**
 * `npm run test:fuzz -- [--requests 10000] [--seed N]`: requests for every operation of the served document, good and
 * bad. Prints the seed that repeats it, how often each operation was asked and answered 2xx, and what breaks the contract.
 */
import { parseArgs } from 'node:util';
import { seedFrom } from '../support/random.ts';
import { fuzz, type FuzzReport } from './fuzz.ts';
import { startFuzzedApi } from './start.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { requests: text, seed: text } });
const seed = seedFrom(values.seed);
const requests = Number(values.requests ?? 10_000);

const report = ({ operations, statuses, faults }: FuzzReport, seconds: number): void => {
  for (const [id, { asked, done }] of operations) console.log(`${`${done}/${asked}`.padStart(9)}  ${id}`);
  const told = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  console.log(`${requests} requests in ${seconds} s; ${told.join(', ')}`);
  for (const fault of faults) console.log(`FAULT ${fault}`);
  console.log(faults.length === 0 ? 'the contract held' : `${faults.length} faults; repeat with --seed ${seed}`);
};

console.log(`seed ${seed}`);
const api = await startFuzzedApi();
const startedAt = Date.now();
const found = await fuzz(api, { requests, seed });
report(found, Math.round((Date.now() - startedAt) / 1000));
await api.close();
process.exitCode = found.faults.length === 0 ? 0 : 1;
