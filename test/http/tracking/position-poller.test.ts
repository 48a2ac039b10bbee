import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPositionPoller } from '../../../src/http/tracking/position-poller.ts';
import type { Known, Position, PositionOf } from '../../../src/delivery/positions.ts';
import { eventually } from '../../support/eventually.ts';

const polling = suite('one query for the positions of all followers');

const position = (n: number): Position => ({ n, latitude: n, longitude: 0, at: '2026-03-01T12:00:00.000Z' });

/** Positions of any order, and what was looked for. */
const positionsWith = (all: readonly PositionOf[]) => {
  const looks: (readonly Known[])[] = [];
  const failures: unknown[] = [];
  let isDown = false;
  const positions = {
    since: (known: readonly Known[]): Promise<readonly PositionOf[]> => {
      looks.push(known);
      if (isDown) return Promise.reject(new Error('down'));
      return Promise.resolve(
        all.filter(({ order_id, n }) => known.some((one) => one.order_id === order_id && n > one.n)),
      );
    },
  };
  const { watch } = createPositionPoller({ positions, everyMs: 2, onFailure: (error) => failures.push(error) });
  return { looks, failures, watch, setDown: (down: boolean) => (isDown = down) };
};

const watcher = (order_id: string, known = 0) => {
  const taken: number[] = [];
  const take = ({ n }: Position): void => {
    if (n > (taken.at(-1) ?? known)) taken.push(n);
  };
  return { order_id, taken, known: () => taken.at(-1) ?? known, take };
};

const ALL = [
  { order_id: 'a', ...position(1) },
  { order_id: 'a', ...position(2) },
  { order_id: 'b', ...position(7) },
];

polling('each follower gets the positions it has not had, by one query, also two who follow one order', async () => {
  const { watch, looks } = positionsWith(ALL);
  const [first, later, other] = [watcher('a'), watcher('a', 1), watcher('b')];
  const stops = [first, later, other].map(watch);
  await eventually('all have heard', () => first.taken.length + later.taken.length + other.taken.length === 4);
  assert.equal([first.taken, later.taken, other.taken], [[1, 2], [2], [7]]);
  assert.equal(looks[0], [
    { order_id: 'a', n: 0 },
    { order_id: 'b', n: 0 },
  ]);
  for (const stop of stops) stop();
});

polling('a look that fails is made good by the next', async () => {
  const { watch, failures, setDown } = positionsWith(ALL);
  const one = watcher('a');
  setDown(true);
  const stop = watch(one);
  await eventually('it has failed', () => failures.length > 1);
  assert.equal(one.taken, []);
  setDown(false);
  await eventually('it has heard', () => one.taken.length === 2);
  stop();
});

polling('only orders that are followed are read, and none once all followers have left', async () => {
  const { watch, looks } = positionsWith(ALL);
  const idle = { order_id: 'a', known: () => undefined, take: () => assert.unreachable() };
  const [stopIdle, other] = [watch(idle), watcher('b')];
  const stop = watch(other);
  await eventually('one has heard', () => other.taken.length === 1);
  assert.equal(looks[0], [{ order_id: 'b', n: 0 }]);
  stop();
  stopIdle();
  let count = -1;
  await eventually(
    'no more looks',
    () => {
      const before = count;
      count = looks.length;
      return before === count;
    },
    { every: 30 },
  );
});

polling.run();
