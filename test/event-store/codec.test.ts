import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DomainEvent } from '../../src/domain/events.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { verifyChain } from '../../src/event-store/hash-chain.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { InvalidEvent } from '../../src/event-store/recorded.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';
import { context, orderPlaced } from '../support/orders.ts';

const test = suite('codec');
const stream = 'order-1';

const SHIPMENT = '0190d2a4-7c3e-7d11-9b8e-1f2a3b4c5d6e';
const shipped: DomainEvent = {
  type: 'OrderShipped',
  data: { shipment_id: SHIPMENT, invoice: null, carrier: 'DHL', tracking_number: 'T1' },
};
const cancelled: DomainEvent = {
  type: 'OrderCancelled',
  data: { reason_category: null, personal: { reason: 'Changed my mind' } },
};

const setUp = () => {
  const keys = memoryDataKeys();
  const codec = createCodec(keys);
  const store = async (events: readonly DomainEvent[], customerId: string | undefined = 'c-1') => {
    const request = { ip: '203.0.113.9', user_agent: 'curl' };
    const encoded = await codec.encode({
      stream,
      events,
      context: context({ request }),
      revision: 0n,
      previousHash: null,
      customerId,
    });
    return encoded.map(({ stored }, index): StoredEvent => {
      const kept = JSON.parse(JSON.stringify(stored)) as typeof stored;
      return { ...kept, stream, revision: BigInt(index), position: BigInt(index + 1) };
    });
  };
  return { keys, codec, store };
};

/** For this reason and no other: any other error would say that something else is broken. */
const failsFor = async (attempt: Promise<unknown>, reason: RegExp): Promise<void> => {
  const error = await attempt.then(
    () => undefined,
    (found: unknown) => found,
  );
  assert.instance(error, InvalidEvent);
  assert.match(error instanceof Error ? error.message : '', reason);
};

test('an event is read back as it was written, with time and actor', async () => {
  const { codec, store } = setUp();
  const placed = orderPlaced();
  const [recorded] = await codec.decode(await store([placed]));
  assert.equal(recorded?.fact, { ...placed, at: '2026-03-01T12:00:00.000Z', by: { id: 'admin', role: 'admin' } });
  assert.equal(recorded?.metadata.personal, { ip: '203.0.113.9', user_agent: 'curl' });
  assert.is(recorded?.metadata.schema_version, 1);
});

test('nothing personal is readable in what is stored', async () => {
  const { store } = setUp();
  const stored = JSON.stringify(await store([orderPlaced(), cancelled]), (_, v: unknown) =>
    typeof v === 'bigint' ? String(v) : v,
  );
  for (const secret of ['मीरा', 'meera', 'Ερμού', 'gift', 'Changed my mind', '203.0.113.9', 'curl'])
    assert.not(stored.includes(secret), `${secret} must be sealed`);
});

test('an event whose key is gone reads as erased, the rest intact', async () => {
  const { keys, codec, store } = setUp();
  const placed = orderPlaced();
  const stored = await store([placed, cancelled]);
  keys.destroy('c-1');
  const [first, second] = await codec.decode(stored);
  assert.equal(first?.fact.data, { ...placed.data, personal: { erased: true } });
  assert.equal(second?.fact.data, { reason_category: null, personal: { erased: true } });
  assert.equal(first?.metadata.personal, { erased: true });
  assert.is(verifyChain(stored), undefined, 'the chain covers the sealed bytes and stays whole');
});

test('a reader that needs no personal data reads it as erased, and asks for no key', async () => {
  const { keys, codec, store } = setUp();
  const stored = await store([orderPlaced()]);
  const asksForNone = createCodec({ ...keys, byId: () => Promise.reject(new Error('asked for keys')) });
  const [[closed], [opened]] = [await asksForNone.decode(stored, { personal: false }), await codec.decode(stored)];
  assert.equal(closed?.fact.data, { ...opened?.fact.data, personal: { erased: true } });
});

test('a seal cannot be moved to another event', async () => {
  const { codec, store } = setUp();
  const [a, b] = await store([cancelled, cancelled]);
  if (a === undefined || b === undefined) throw new Error('two events were stored');
  assert.is((await codec.decode([a, b])).length, 2, 'each opens where it was sealed');
  await failsFor(codec.decode([{ ...a, data: b.data }]), /^order-1 revision 0: the personal data of OrderCancelled/);
});

test('a changed value, a changed order and a missing event break the chain', async () => {
  const { store } = setUp();
  const events = await store([orderPlaced(), shipped, cancelled]);
  const [first, second, third] = events;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three events were stored');
  assert.is(verifyChain(events), undefined);
  const forged = { ...second, data: { ...second.data, carrier: 'UPS' } };
  assert.is(verifyChain([first, forged, third])?.revision, 1n);
  assert.is(verifyChain([first, third])?.revision, 2n);
  assert.is(verifyChain([first, { ...third, revision: 1n }, { ...second, revision: 2n }])?.revision, 1n);
  const otherActor = { ...second, metadata: { ...second.metadata, actor: { id: 'x', role: 'admin' } } };
  assert.is(verifyChain([first, otherActor, third])?.revision, 1n);
});

test('the chain does not depend on the order of keys', async () => {
  const { store } = setUp();
  const [event] = await store([orderPlaced()]);
  if (event === undefined) throw new Error('one event was stored');
  const turned = Object.fromEntries(Object.entries(event.data).reverse());
  assert.is(verifyChain([{ ...event, data: turned }]), undefined);
});

test('an event that does not fit its schema is rejected on write and on read', async () => {
  const { codec, store } = setUp();
  const wrong = orderPlaced({ shipping_cost: -1 });
  await failsFor(store([wrong]), /^cannot append: OrderPlaced\/shipping_cost must be >= 0/);
  const [stored] = await store([shipped]);
  if (stored === undefined) throw new Error('one event was stored');
  const damaged = { ...stored, data: { ...stored.data, carrier: 7 } };
  await failsFor(codec.decode([damaged]), /^order-1 revision 0: OrderShipped\/carrier must be string/);
  const unknown = { ...stored, type: 'OrderTeleported' };
  await failsFor(codec.decode([unknown]), /^event type OrderTeleported is not known to this release/);
});

test('personal data without a customer to seal it for is rejected', async () => {
  const { codec } = setUp();
  const encoding = codec.encode({
    stream,
    events: [cancelled],
    context: context(),
    revision: 0n,
    previousHash: null,
    customerId: undefined,
  });
  await failsFor(encoding, /^OrderCancelled has personal data but order-1 has no customer/);
});

test('text that no table can hold is made well-formed before it is stored, sealed or not', async () => {
  const { codec, store } = setUp();
  const crooked: readonly DomainEvent[] = [
    {
      type: 'OrderShipped',
      data: { shipment_id: SHIPMENT, invoice: null, carrier: 'DHL \ud83d', tracking_number: 'T\0' },
    },
    { type: 'OrderCancelled', data: { reason_category: null, personal: { reason: 'no \ud83d' } } },
  ];
  const stored = await store(crooked);
  assert.equal(stored[0]?.data, {
    shipment_id: SHIPMENT,
    invoice: null,
    carrier: 'DHL \ufffd',
    tracking_number: 'T\ufffd',
  });
  assert.equal((await codec.decode(stored))[1]?.fact.data, {
    reason_category: null,
    personal: { reason: 'no \ufffd' },
  });
});

test('a log that already holds such text reads as well-formed', async () => {
  const { codec, store } = setUp();
  const [event] = await store([shipped]);
  assert.ok(event);
  const old = {
    ...event,
    data: { shipment_id: SHIPMENT, invoice: null, carrier: 'DHL \ud83d', tracking_number: 'T\0' },
  };
  assert.equal((await codec.decode([old]))[0]?.fact.data, {
    shipment_id: SHIPMENT,
    invoice: null,
    carrier: 'DHL \ufffd',
    tracking_number: 'T\ufffd',
  });
});

test('an event carries when it happened, and apart from that when it was recorded', async () => {
  const at = '2026-03-01T12:00:00.000Z';
  const encodeAt = async (recorded: string) => {
    const codec = createCodec(memoryDataKeys(), () => Date.parse(recorded));
    const [encoded] = await codec.encode({
      stream,
      events: [shipped],
      context: context({ at }),
      revision: 0n,
      previousHash: null,
      customerId: 'c-1',
    });
    assert.ok(encoded);
    const stored = { ...encoded.stored, stream, revision: 0n, position: 1n };
    const [recordedEvent] = await codec.decode([stored]);
    assert.is(recordedEvent?.fact.at, at);
    return recordedEvent?.metadata;
  };
  const late = await encodeAt('2026-03-01T12:00:05.000Z');
  assert.is(late?.recorded_at, '2026-03-01T12:00:05.000Z');
  assert.is(late?.occurred_at, at);
  assert.is((await encodeAt(at))?.occurred_at, undefined, 'not kept twice');
});

test.run();
