import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readInRounds } from '../../../src/event-store/eventstoredb/read-rounds.ts';
import type { StoredEvent } from '../../../src/event-store/port.ts';

const test = suite('reads of streams that arrive together');

const event = (stream: string): StoredEvent => ({
  ...{ id: stream, type: 'Counted', data: {}, metadata: {}, stream, revision: 0n, position: 1n },
});

/** Reads that end when they are told to. */
const controlled = () => {
  const asked: string[] = [];
  const ends = new Map<string, { readonly end: () => void; readonly fail: () => void }>();
  const read = readInRounds((stream) => {
    asked.push(stream);
    return new Promise((resolve, reject) =>
      ends.set(stream, { end: () => resolve([event(stream)]), fail: () => reject(new Error(`no ${stream}`)) }),
    );
  });
  const end = (...streams: readonly string[]): void => streams.forEach((stream) => ends.get(stream)?.end());
  const fail = (stream: string): void => ends.get(stream)?.fail();
  return { asked, read, end, fail };
};

const settled = async (reading: Promise<readonly StoredEvent[]>): Promise<string> => {
  try {
    return (await reading).map(({ stream }) => stream).join();
  } catch (error) {
    return String(error);
  }
};

test('a lone reader reads at once; those that come meanwhile begin together when it has ended', async () => {
  const { asked, read, end } = controlled();
  const first = settled(read('a'));
  await delay(1);
  assert.equal(asked, ['a']);
  const others = [settled(read('b')), settled(read('c'))];
  await delay(1);
  assert.equal(asked, ['a']);
  end('a');
  assert.is(await first, 'a');
  await delay(1);
  assert.equal(asked, ['a', 'b', 'c']);
  end('b', 'c');
  assert.equal(await Promise.all(others), ['b', 'c']);
  const later = settled(read('d'));
  await delay(1);
  end('d');
  assert.is(await later, 'd', 'and then it waits for no other');
});

test('readers of one stream share a call of a round, and none joins a call that is running', async () => {
  const { asked, read, end } = controlled();
  const first = settled(read('a'));
  await delay(1);
  const others = [settled(read('a')), settled(read('a')), settled(read('a', { limit: 1 }))];
  end('a');
  assert.is(await first, 'a');
  await delay(1);
  assert.equal(asked, ['a', 'a', 'a'], 'one for both that want all of it, and one for its beginning');
  end('a');
  assert.is(await others[2], 'a');
});

test('a read that hangs holds up the others for a moment only, and one that fails fails alone', async () => {
  const { read, end, fail } = controlled();
  const hanging = settled(read('a'));
  const [second, third] = [settled(read('b')), settled(read('c'))];
  await delay(1);
  end('b');
  fail('c');
  assert.equal(await Promise.all([second, third]), ['b', 'Error: no c']);
  const later = settled(read('d'));
  await delay(1);
  end('d');
  assert.is(await later, 'd');
  end('a');
  assert.is(await hanging, 'a');
});

test.run();
