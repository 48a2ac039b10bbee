import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coalesce } from '../../src/platform/coalesce.ts';

const test = suite('calls that arrive together');

/** Runs that end when they are told to. */
const controlled = () => {
  const runs: { readonly inputs: readonly number[]; readonly end: () => void; readonly fail: () => void }[] = [];
  const run = (inputs: readonly number[]) =>
    new Promise<readonly number[]>((resolve, reject) =>
      runs.push({ inputs, end: () => resolve(inputs.map((n) => n * 10)), fail: () => reject(new Error('away')) }),
    );
  return { runs, run };
};

test('a single call runs at once; calls that arrive during a run share the next one', async () => {
  const { runs, run } = controlled();
  const call = coalesce(run);
  const first = call(1);
  await delay(1);
  const others = [call(2), call(3)];
  await delay(1);
  assert.equal(
    runs.map(({ inputs }) => inputs),
    [[1]],
  );
  runs[0]?.end();
  assert.is(await first, 10);
  await delay(1);
  runs[1]?.end();
  assert.equal(await Promise.all(others), [20, 30]);
  assert.equal(runs[1]?.inputs, [2, 3]);
});

test('a failed run fails its own calls only', async () => {
  const { runs, run } = controlled();
  const call = coalesce(run);
  const first = call(1).catch(() => 'failed');
  await delay(1);
  const second = call(2);
  runs[0]?.fail();
  assert.is(await first, 'failed');
  await delay(1);
  runs[1]?.end();
  assert.is(await second, 20);
});

test('no call waits behind one that is dead, and at most four runs hang', async () => {
  const { runs, run } = controlled();
  const call = coalesce(run, { overdueMs: 20 });
  const dead = call(1);
  await delay(1);
  const second = call(2);
  await delay(40);
  assert.equal(
    runs.map(({ inputs }) => inputs),
    [[1], [2]],
    'the second went beside the first',
  );
  runs[1]?.end();
  assert.is(await second, 20);
  const third = call(3);
  await delay(1);
  runs[2]?.end();
  assert.is(await third, 30, 'and no further one waits, while the first is still without an answer');
  const hanging = [4, 5, 6, 7].map(async (n) => {
    const answer = call(n);
    await delay(30);
    return { answer };
  });
  await Promise.all(hanging);
  await delay(100);
  assert.ok(runs.filter(({ inputs }) => inputs.some((n) => n >= 4)).length <= 3);
  for (let n = 0; n < runs.length; n++) {
    runs[n]?.end();
    await delay(1);
  }
  assert.is(await dead, 10);
});

test.run();
