import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventStore, NewEvent, StoredEvent } from '../../../src/event-store/port.ts';
import { counted, idsOf, newPrefix, newStream } from '../../contract/event-store/support.ts';
import { onDouble, type Faulty } from './support.ts';

const LIMIT_MS = 20_000;

const test = suite<Faulty>('subscribers to the same prefixes');
onDouble(test);

/** A subscriber that can be held before it takes the next batch. */
const subscriber = (store: EventStore, prefix: string) => {
  const leaving = new AbortController();
  const events: StoredEvent[] = [];
  const state = { caughtUp: false, held: false, heard: 0 };
  const running = (async (): Promise<void> => {
    for await (const batch of store.subscribe({ after: 0n, prefixes: [prefix], signal: leaving.signal })) {
      events.push(...batch.events);
      state.caughtUp ||= batch.caughtUp;
      state.heard += 1;
      while (state.held && !leaving.signal.aborted) await pause(5);
    }
  })();
  return {
    events,
    state,
    leave: (): Promise<void> => {
      leaving.abort();
      return running;
    },
  };
};

type Subscriber = ReturnType<typeof subscriber>;

const until = async (what: string, isTrue: () => boolean): Promise<void> => {
  const end = performance.now() + LIMIT_MS;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`not so after ${LIMIT_MS} ms: ${what}`);
    await pause(5);
  }
};

const append = async (store: EventStore, prefix: string, count: number): Promise<readonly NewEvent[]> => {
  const events = counted(count);
  await store.append(newStream(prefix), events, 'no_stream');
  return events;
};

const has = (all: readonly Subscriber[], count: number): Promise<void> =>
  until(`each has ${count} events`, () => all.every(({ events }) => events.length >= count));

const leaveAll = (all: readonly Subscriber[]): Promise<unknown> => Promise.all(all.map(({ leave }) => leave()));

/** Subscribers that have one event in common: they have joined each other. */
const joined = async (store: EventStore, prefix: string, count: number) => {
  const all = Array.from({ length: count }, () => subscriber(store, prefix));
  await until('all have caught up', () => all.every(({ state }) => state.caughtUp));
  const first: NewEvent[] = [];
  const isCommon = (): boolean => {
    const [one] = all;
    const last = one?.events.at(-1);
    return last !== undefined && all.every(({ events }) => events.at(-1) === last);
  };
  for (let round = 0; round < 20 && !isCommon(); round++) {
    first.push(...(await append(store, prefix, 1)));
    await has(all, first.length);
  }
  assert.ok(isCommon(), 'each gets the very same event');
  return { all, first };
};

test('each gets every event once, in order, and all get the same object', async ({ store }) => {
  const prefix = newPrefix();
  const { all, first } = await joined(store, prefix, 5);
  const more: NewEvent[] = [];
  for (let n = 0; n < 40; n++) more.push(...(await append(store, prefix, 1 + (n % 3))));
  await has(all, first.length + more.length);
  for (const { events } of all) assert.equal(idsOf(events), idsOf([...first, ...more]));
  await leaveAll(all);
});

test('one that is slow holds up no other, and misses nothing', async ({ store }) => {
  const prefix = newPrefix();
  const { all, first } = await joined(store, prefix, 3);
  const [slow, ...others] = all;
  assert.ok(slow);
  const heard = slow.state.heard;
  slow.state.held = true;
  const more = [...(await append(store, prefix, 10))];
  await until('the slow one is at work', () => slow.state.heard > heard);
  const seen = slow.events.length;
  for (let n = 0; n < 6; n++) more.push(...(await append(store, prefix, 400)));
  await has(others, first.length + more.length);
  assert.is(slow.events.length, seen);
  slow.state.held = false;
  await has(all, first.length + more.length);
  for (const { events } of all) assert.equal(idsOf(events), idsOf([...first, ...more]));
  await leaveAll(all);
});

test('a lost connection is made good for all of them', async ({ double, store }) => {
  const prefix = newPrefix();
  const { all, first } = await joined(store, prefix, 4);
  const more: NewEvent[] = [];
  for (let n = 0; n < 4; n++) {
    more.push(...(await append(store, prefix, 20)));
    double.dropConnections();
    more.push(...(await append(store, prefix, 20)));
    double.endSubscriptions();
  }
  await has(all, first.length + more.length);
  for (const { events } of all) assert.equal(idsOf(events), idsOf([...first, ...more]));
  await leaveAll(all);
});

test('one may leave, the last one too, and another come', async ({ store }) => {
  const prefix = newPrefix();
  const { all, first } = await joined(store, prefix, 3);
  const [one, two, three] = all;
  assert.ok(one && two && three);
  await one.leave();
  const more = [...(await append(store, prefix, 5))];
  await has([two, three], first.length + more.length);
  await Promise.all([two.leave(), three.leave()]);
  const late = subscriber(store, prefix);
  const other = subscriber(store, prefix);
  more.push(...(await append(store, prefix, 5)));
  await has([late, other], first.length + more.length);
  for (const { events } of [late, other]) assert.equal(idsOf(events), idsOf([...first, ...more]));
  await leaveAll([late, other]);
});

test.run();
