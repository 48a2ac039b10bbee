import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { append } from '../../bench/append.ts';
import { catchUp } from '../../bench/catch-up.ts';
import type { FloorAddress, FloorOptions } from '../../bench/load/floor.ts';
import type { HttpFigures, HttpLoad } from '../../bench/load/http.ts';
import { startLoad } from '../../bench/support/load.ts';
import { placingAtFloor } from '../../bench/support/orders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

/** Benchmarks run once in a while only; that they still run must not be found out then. */
const test = suite('benchmarks');
let database: TestDatabase;
const printed: string[] = [];
const output = globalThis.console; // where benchmarks print
const print = output.log.bind(output);
test.before(async () => {
  database = await openTestDatabase();
  output.log = (...words: unknown[]) => void printed.push(words.join(' '));
});
test.after(async () => {
  output.log = print;
  await database.close();
});

const tiny = () => ({ url: database.url, short: true, tiny: true });
const ratios = () => printed.join('\n').match(/ratio \d+\.\d+/g)?.length ?? 0;

test('one through a load process prints its ratios', async () => {
  await append(tiny());
  assert.is(ratios(), 2);
});

test('one over a filled log prints its ratio', async () => {
  const before = ratios();
  await catchUp(tiny());
  assert.is(ratios(), before + 1);
});

test('the plain service and the load over HTTP understand each other', async () => {
  const plain = startLoad<FloorOptions, FloorAddress>('floor');
  const load = startLoad<HttpLoad, HttpFigures>('http');
  try {
    const { url } = await plain.run({ url: database.url });
    const { requests } = await load.run({ requests: placingAtFloor(url).slice(0, 40), connections: 4 });
    assert.is(requests, 40);
    const paced = { requests: placingAtFloor(url).slice(0, 40), connections: 4, seconds: 1, requestsPerSecond: 50 };
    const { requests: asked, perSecond, p99Ms } = await load.run(paced);
    assert.is(asked, 50, 'at a fixed rate as many as are due, again and again');
    assert.ok(perSecond < 52 && p99Ms > 0, `${perSecond} a second`);
  } finally {
    load.end();
    plain.end();
  }
});

test.run();
