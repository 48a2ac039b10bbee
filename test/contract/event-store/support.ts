import { randomUUID } from 'node:crypto';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  WrongExpectedRevision,
  type Batch,
  type EventStore,
  type ExpectedRevision,
  type JsonObject,
  type NewEvent,
  type StoredEvent,
  type SubscribeOptions,
} from '../../../src/event-store/port.ts';
import type { OpenedStore } from '../event-store.ts';

export type ContractTest = Test<OpenedStore>;

const LIMIT_MS = 30_000;

/** A prefix of its own for every case, because all of them share one store. */
export const newPrefix = (): string => `c${randomUUID().replaceAll('-', '')}-`;
export const newStream = (prefix = newPrefix()): string => prefix + randomUUID();

export const event = (data: JsonObject = {}, metadata: JsonObject = {}): NewEvent => ({
  id: randomUUID(),
  type: 'Counted',
  data,
  metadata,
});
export const counted = (count: number): readonly NewEvent[] => Array.from({ length: count }, (_, n) => event({ n }));

export const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);

/** The rejection itself, so that what it says can be looked at. */
export const rejection = async (append: Promise<unknown>): Promise<WrongExpectedRevision> => {
  try {
    await append;
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return error;
    throw error;
  }
  throw new Error('the append should have been rejected');
};

export const assertRejected = async (
  append: Promise<unknown>,
  { expected, actual }: { readonly expected: ExpectedRevision; readonly actual: ExpectedRevision },
): Promise<void> => {
  const error = await rejection(append);
  assert.is(error.expected, expected);
  assert.is(error.actual, actual);
};

type Followed = { readonly events: readonly StoredEvent[]; readonly batches: readonly Batch[] };

/** Follows the store until `enough` says so; a store that never gets there fails the case, it does not hang it. */
export const followUntil = async (
  store: EventStore,
  options: Omit<SubscribeOptions, 'signal'>,
  enough: (followed: Followed) => boolean,
): Promise<Followed> => {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), LIMIT_MS);
  const followed = { events: [] as StoredEvent[], batches: [] as Batch[] };
  try {
    for await (const batch of store.subscribe({ ...options, signal: giveUp.signal })) {
      followed.batches.push(batch);
      followed.events.push(...batch.events);
      if (enough(followed)) return followed;
    }
  } finally {
    clearTimeout(timer);
  }
  const last = followed.batches.at(-1);
  throw new Error(`gave up after ${followed.events.length} events at ${last?.position}, caught up: ${last?.caughtUp}`);
};

export const untilCount =
  (count: number) =>
  ({ events }: Followed): boolean =>
    events.length >= count;
export const untilCaughtUp = ({ batches }: Followed): boolean => batches.at(-1)?.caughtUp === true;

/** Everything a prefix holds, step by step. */
export const readEverything = async (
  store: EventStore,
  prefix: string,
  limit = 500,
): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (let after = 0n; ;) {
    const page = await store.readAll({ after, limit, prefixes: [prefix] });
    assert.ok(page.events.length <= limit, 'no more than asked for');
    assert.ok(page.caughtUp || page.position > after, 'every step moves on');
    events.push(...page.events);
    after = page.position;
    if (page.caughtUp) return events;
  }
};

export const assertIncreasing = (events: readonly Pick<StoredEvent, 'position'>[]): void => {
  for (const [index, { position }] of events.entries()) {
    const before = events[index - 1];
    assert.ok(before === undefined || before.position < position, `position ${position} after ${before?.position}`);
  }
};

/** Appends one event each to as many new streams. */
export const scatter = async (store: EventStore, prefix: string, count: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const one = event({ n });
    await store.append(newStream(prefix), [one], 'no_stream');
    ids.push(one.id);
  }
  return ids;
};
