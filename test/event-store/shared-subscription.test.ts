import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore, Position, StoredEvent } from '../../src/event-store/port.ts';
import { shareSubscription } from '../../src/event-store/shared-subscription.ts';
import { v7 as uuidv7 } from 'uuid';

const test = suite('several followers of one subscription');

const setUp = ({ slowMs }: { readonly slowMs?: number } = {}) => {
  const store = openMemoryEventStore();
  const stop = new AbortController();
  const opened: Position[] = [];
  const subscribe: EventStore['subscribe'] = (options) => {
    opened.push(options.after);
    return store.subscribe(options);
  };
  const append = async (): Promise<void> => {
    await store.append(
      `order-${uuidv7()}`,
      [{ id: uuidv7(), type: 'OrderPlaced', data: {}, metadata: {} }],
      'no_stream',
    );
  };
  return {
    stop,
    opened,
    append,
    shared: shareSubscription({
      subscribe,
      prefixes: ['order-'],
      batchSize: 500,
      ...(slowMs !== undefined && { slowMs }),
    }),
  };
};

type Handle = (events: readonly StoredEvent[]) => Promise<void> | void;
const handled = (events: readonly StoredEvent[]): readonly bigint[] => events.map(({ position }) => position);

const follow = async (
  { shared, stop }: Pick<ReturnType<typeof setUp>, 'shared' | 'stop'>,
  {
    after = 0n,
    upTo,
    handle = () => undefined,
  }: { readonly after?: Position; readonly upTo: Position; readonly handle?: Handle },
): Promise<readonly StoredEvent[]> => {
  const found: StoredEvent[] = [];
  for await (const { events, position } of shared({ after, signal: stop.signal })) {
    await handle(events);
    found.push(...events);
    if (position >= upTo) break;
  }
  return found;
};

const positions = (last: number, first = 1): readonly bigint[] =>
  Array.from({ length: last - first + 1 }, (_, n) => BigInt(first + n));

test('all get every event once, and the very same objects', async () => {
  const log = setUp();
  for (let n = 0; n < 3; n++) await log.append();
  const all = Promise.all([follow(log, { upTo: 6n }), follow(log, { upTo: 6n })]);
  for (let n = 0; n < 3; n++) await log.append();
  const [one, other] = await all;
  assert.equal(handled(one), positions(6));
  assert.equal(handled(other), positions(6));
  assert.ok(one.every((event, n) => event === other[n]));
  assert.equal(log.opened, [0n]);
});

test('a follower that starts further on gets what comes after its own place', async () => {
  const log = setUp();
  for (let n = 0; n < 4; n++) await log.append();
  const [all, rest] = await Promise.all([follow(log, { upTo: 4n }), follow(log, { after: 3n, upTo: 4n })]);
  assert.equal(handled(all), positions(4));
  assert.equal(handled(rest), positions(4, 4));
  assert.equal(log.opened, [0n]);
});

test('a follower that is behind reads by itself, then goes on with the others', async () => {
  const log = setUp();
  for (let n = 0; n < 4; n++) await log.append();
  const ahead = follow(log, { after: 4n, upTo: 6n });
  const behind = follow(log, { after: 0n, upTo: 6n });
  await pause(20);
  await log.append();
  await log.append();
  const [first, second] = await Promise.all([ahead, behind]);
  assert.equal(handled(first), positions(6, 5));
  assert.equal(handled(second), positions(6));
  assert.equal(log.opened.toSorted(), [0n, 4n]);
});

test('a slow follower does not hold up the others for long, and misses nothing', async () => {
  const log = setUp({ slowMs: 10 });
  await log.append();
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let isFirst = true;
  const slow = follow(log, {
    upTo: 3n,
    handle: async () => {
      if (isFirst) await held;
      isFirst = false;
    },
  });
  const quick = follow(log, { upTo: 3n });
  await log.append();
  await log.append();
  assert.equal(handled(await quick), positions(3));
  letGo();
  assert.equal(handled(await slow), positions(3));
});

test('a follower that fails or stops leaves the others alone', async () => {
  const log = setUp();
  await log.append();
  const failing = follow(log, {
    upTo: 3n,
    handle: () => {
      throw new Error('a bug');
    },
  }).catch((error: unknown) => String(error));
  const going = follow(log, { upTo: 3n });
  assert.is(await failing, 'Error: a bug');
  await log.append();
  await log.append();
  assert.equal(handled(await going), positions(3));
});

test('an error of the subscription reaches every follower, and the next one begins anew', async () => {
  let fails = true;
  const store = openMemoryEventStore();
  const shared = shareSubscription({
    prefixes: [''],
    batchSize: 500,
    subscribe: (options) => {
      if (fails) throw new Error('the store is gone');
      return store.subscribe(options);
    },
  });
  const log = { shared, stop: new AbortController() };
  const outcomes = await Promise.allSettled([follow(log, { upTo: 1n }), follow(log, { upTo: 1n })]);
  assert.equal(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  fails = false;
  await store.append('order-1', [{ id: uuidv7(), type: 'OrderPlaced', data: {}, metadata: {} }], 'no_stream');
  assert.equal(handled(await follow(log, { upTo: 1n })), [1n]);
});

test('an aborted follower ends while the others wait for events', async () => {
  const log = setUp();
  const other = { ...log, stop: new AbortController() };
  const ending = follow(log, { upTo: 1n });
  const going = follow(other, { upTo: 1n });
  log.stop.abort();
  assert.equal(await ending, []);
  await log.append();
  assert.equal(handled(await going), [1n]);
});

test.run();
