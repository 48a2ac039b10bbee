import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mapInSlices } from '../../src/platform/map-in-slices.ts';

const test = suite('mapping in slices');

/** Holds the process for so many milliseconds. */
const work = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('it keeps the sequence', async () => {
  assert.equal(await mapInSlices([3, 1, 2], (n) => n * 2), [6, 2, 4]);
  assert.equal(await mapInSlices([], (n) => n), []);
});

test('others are served while many values are mapped', async () => {
  let isDone = false;
  const served: boolean[] = [];
  const mapping = mapInSlices(Array.from({ length: 30 }), () => work(1)).then(() => (isDone = true));
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    served.push(isDone);
  }
  await mapping;
  assert.equal(served, [false, false, false]);
});

test.run();
