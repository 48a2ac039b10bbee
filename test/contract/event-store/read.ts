import canonicalize from 'canonicalize';
import * as assert from 'uvu/assert';
import type {
  EventHash,
  EventText,
  HashPage,
  JsonObject,
  ReadStreamOptions,
  TextPage,
} from '../../../src/event-store/port.ts';
import {
  assertIncreasing,
  counted,
  event,
  idsOf,
  newPrefix,
  newStream,
  readEverything,
  scatter,
  type ContractTest,
} from './support.ts';

const awkward: JsonObject = {
  nested: { list: [1, [2, [{ three: null }]], {}, []], yes: true, no: false },
  unicode: 'मीरा शर्मा Ζωή 日本語 🧾 e\u0301 \u202f \u2028',
  escaped: 'quote " backslash \\ newline \n tab \t nul \u0000 brace {a,b}',
  numbers: [0, -1, 0.1, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, Number.MAX_SAFE_INTEGER],
  big: 'x'.repeat(200_000),
  ['']: 'empty key',
  ['__proto__']: 'a key like any other',
  ['constructor']: 'and this',
};

/** Reads: what comes back, from where, in which order. */
export const readCases = (test: ContractTest): void => {
  test('an unknown stream is empty', async ({ store }) => {
    assert.equal(await store.readStream(newStream()), []);
    assert.equal(await store.readStream(newStream(), { direction: 'backwards', limit: 1 }), []);
  });

  test('data and metadata come back as they were, down to the last byte of their canonical form', async ({ store }) => {
    const [stream, written] = [newStream(), event(awkward, { ...awkward, big: 'y' })];
    await store.append(stream, [written], 'no_stream');
    const [read] = await store.readStream(stream);
    assert.is(canonicalize(read?.data), canonicalize(written.data));
    assert.is(canonicalize(read?.metadata), canonicalize(written.metadata));
  });

  test('an event comes back with its id, type, stream and place', async ({ store }) => {
    const [stream, written] = [newStream(), event({ a: 1 }, { b: 2 })];
    const { position } = await store.append(stream, [written], 'no_stream');
    assert.equal(await store.readStream(stream), [{ ...written, stream, revision: 0n, position }]);
  });

  test('streams whose names only begin alike are kept apart', async ({ store }) => {
    const stream = newStream();
    await store.append(stream, counted(1), 'no_stream');
    await store.append(`${stream}0`, counted(2), 'no_stream');
    assert.is((await store.readStream(stream)).length, 1);
  });

  test('of many reads at once each gets its own stream, whole and in order', async ({ store }) => {
    const streams = Array.from({ length: 150 }, newStream);
    await Promise.all(streams.map((stream, n) => store.append(stream, counted(1 + (n % 4)), 'no_stream')));
    const asked = [...streams, newStream(), ...streams.slice(0, 10)];
    const read = await Promise.all(asked.map((stream) => store.readStream(stream)));
    for (const [n, events] of read.entries()) {
      const expected = n < 150 ? 1 + (n % 4) : n === 150 ? 0 : 1 + ((n - 151) % 4);
      assert.equal(
        events.map(({ stream, revision }) => [stream, revision]),
        Array.from({ length: expected }, (_, revision) => [asked[n], BigInt(revision)]),
      );
    }
  });

  const reads: readonly (readonly [string, ReadStreamOptions, readonly bigint[]])[] = [
    ['from a revision on, that one included', { from: 2n }, [2n, 3n, 4n]],
    ['up to a limit', { limit: 2 }, [0n, 1n]],
    ['from a revision up to a limit', { from: 1n, limit: 2 }, [1n, 2n]],
    ['from behind the end: nothing', { from: 5n }, []],
    ['backwards from the end', { direction: 'backwards' }, [4n, 3n, 2n, 1n, 0n]],
    ['backwards: the last only', { direction: 'backwards', limit: 1 }, [4n]],
    ['backwards from a revision, that one included', { direction: 'backwards', from: 2n }, [2n, 1n, 0n]],
    ['backwards from a revision up to a limit', { direction: 'backwards', from: 3n, limit: 2 }, [3n, 2n]],
  ];
  for (const [name, options, revisions] of reads)
    test(`a stream is read ${name}`, async ({ store }) => {
      const stream = newStream();
      await store.append(stream, counted(5), 'no_stream');
      const read = await store.readStream(stream, options);
      assert.equal(
        read.map(({ revision }) => revision),
        revisions,
      );
    });

  test('a long stream is read whole', async ({ store }) => {
    const stream = newStream();
    const events = counted(1500);
    for (let start = 0; start < events.length; start += 500)
      await store.append(stream, events.slice(start, start + 500), start === 0 ? 'no_stream' : BigInt(start - 1));
    assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  });

  test('all matching events are read in one total order, whatever the size of the steps', async ({ store }) => {
    const prefix = newPrefix();
    const ids = await scatter(store, prefix, 25);
    for (const limit of [1, 7, 25, 1000]) {
      const events = await readEverything(store, prefix, limit);
      assert.equal(idsOf(events), ids);
      assertIncreasing(events);
    }
  });

  test('the hashes of all streams are read in total order', async ({ store }) => {
    const prefix = newPrefix();
    const after = await store.head();
    const streams = [newStream(prefix), newStream(prefix)];
    const [first = '', second = ''] = streams;
    await store.append(first, [event({}, { hash: 'aa' }), event({}, { hash: 'bb' })], 'no_stream');
    await store.append(second, [event({ large: 'x'.repeat(10_000) }, {})], 'no_stream');
    const { position } = await store.append(first, [event({}, { hash: 'cc' })], 1n);
    const expected = [
      [first, 0n, 'aa'],
      [first, 1n, 'bb'],
      [second, 0n, null],
      [first, 2n, 'cc'],
    ];
    for (const limit of [1, 3, 100]) {
      const found: EventHash[] = [];
      let page: HashPage = { hashes: [], position: after, caughtUp: false };
      while (!page.caughtUp) {
        page = await store.readHashes({ after: page.position, limit });
        assert.ok(page.hashes.length <= limit);
        found.push(...page.hashes);
      }
      const own = found.filter(({ stream }) => streams.includes(stream));
      assert.equal(
        own.map(({ stream, revision, hash }) => [stream, revision, hash]),
        expected,
      );
      assertIncreasing(own);
      assert.ok(page.position >= position);
    }
  });

  test('the texts of all streams say what the events say, also the awkward ones', async ({ store }) => {
    const after = await store.head();
    const stream = newStream();
    await store.append(stream, [event(awkward, { hash: 'aa' }), event({}, { a: 1 })], 'no_stream');
    const found: EventText[] = [];
    for (let page: TextPage = { events: [], position: after, caughtUp: false }; !page.caughtUp;) {
      page = await store.readTexts({ after: page.position, limit: 1 });
      found.push(...page.events.filter((one) => one.stream === stream));
    }
    const events = await store.readStream(stream);
    assert.equal(
      found.map(({ data, metadata, hash: _, ...text }) => ({
        ...text,
        data: canonicalize(JSON.parse(data)),
        metadata: canonicalize(JSON.parse(metadata)),
      })),
      events.map(({ data, metadata, ...one }) => ({
        ...one,
        data: canonicalize(data),
        metadata: canonicalize(metadata),
      })),
    );
    assert.equal(
      found.map(({ hash }) => hash),
      ['aa', null],
    );
  });

  test('several prefixes are read as one order', async ({ store }) => {
    const [one, other, third] = [newPrefix(), newPrefix(), newPrefix()];
    const after = await store.head();
    const ids: string[] = [];
    for (const prefix of [one, third, other, one, third, other]) {
      const scattered = await scatter(store, prefix, 1);
      if (prefix !== third) ids.push(...scattered);
    }
    const { position } = await store.append(newStream(third), counted(1), 'no_stream');
    const page = await store.readAll({ after, limit: 100, prefixes: [one, other] });
    assert.equal(idsOf(page.events), ids);
    assert.ok(page.position >= position, 'the reader stands behind what was skipped');
    assert.is(page.caughtUp, true);
  });

  test('letters that mean something in a pattern mean nothing in a prefix', async ({ store }) => {
    const prefix = newPrefix();
    await scatter(store, `${prefix}a_b%-`, 1);
    await scatter(store, `${prefix}aXbY-`, 1);
    assert.is((await readEverything(store, `${prefix}a_b%-`)).length, 1);
    assert.is((await readEverything(store, `${prefix}a.b`)).length, 0);
  });

  test('the reader moves past events that match nothing', async ({ store }) => {
    const prefix = newPrefix();
    const { position } = await store.append(newStream(prefix), counted(40), 'no_stream');
    let [after, caughtUp] = [0n, false];
    while (!caughtUp) {
      const page = await store.readAll({ after, limit: 10, prefixes: [`${prefix}no-such-`] });
      assert.equal(page.events, []);
      ({ position: after, caughtUp } = page);
    }
    assert.ok(after >= position);
  });

  test('what comes after a position is counted, up to a limit, with the time of the first', async ({ store }) => {
    const prefix = newPrefix();
    const after = await store.head();
    const recorded_at = '2026-03-01T12:00:00.000Z';
    const events = counted(5).map((event) => ({ ...event, metadata: { ...event.metadata, recorded_at } }));
    await store.append(newStream(prefix), events, 'no_stream');
    await store.append(newStream(newPrefix()), counted(2), 'no_stream');
    const count = (limit: number, prefixes: readonly string[]) => store.countAfter({ after, limit, prefixes });
    assert.equal(await count(100, [prefix]), { count: 5, since: recorded_at });
    assert.equal(await count(3, [prefix]), { count: 3, since: recorded_at });
    assert.equal(await count(100, [newPrefix()]), { count: 0, since: undefined });
    const ofType = (type: string) =>
      store.countAfter({ after, limit: 100, prefixes: [prefix], types: new Set([type]) });
    assert.equal(await ofType(events[0]?.type ?? ''), { count: 5, since: recorded_at });
    assert.equal(await ofType('NoSuchEvent'), { count: 0, since: undefined });
  });

  test('the empty prefix is every stream', async ({ store }) => {
    const before = await store.head();
    const ids = [...(await scatter(store, newPrefix(), 1)), ...(await scatter(store, newPrefix(), 1))];
    const page = await store.readAll({ after: before, limit: 100, prefixes: [''] });
    assert.equal(idsOf(page.events), ids);
  });

  test('the head is the newest event of all', async ({ store }) => {
    const first = await store.append(newStream(), counted(2), 'no_stream');
    assert.ok((await store.head()) >= first.position);
    const second = await store.append(newStream(), counted(1), 'no_stream');
    assert.ok((await store.head()) >= second.position);
    const page = await store.readAll({ after: await store.head(), limit: 10, prefixes: [''] });
    assert.equal(page.events, []);
    assert.is(page.caughtUp, true);
  });
};
