import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandle, TooMuchContention, wasRejected, type Request } from '../../src/commands/handle.ts';
import { NO_PAST } from '../../src/commands/past.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  type OrderCommand,
  type OrderState,
} from '../../src/domain/order/index.ts';
import { auditDecider } from '../../src/domain/audit/index.ts';
import { isErased } from '../../src/domain/shared/decider.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { verifyChain } from '../../src/event-store/hash-chain.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { StoreUnavailable, WrongExpectedRevision, type EventStore } from '../../src/event-store/port.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';
import { context, orderPlaced } from '../support/orders.ts';

const test = suite('handle');
const decider = createOrderDecider(DEFAULT_ORDER_SETTINGS);

const placeOrder = (): OrderCommand => {
  const { lines, ...data } = orderPlaced().data;
  if ('erased' in data.personal) throw new Error('a new order is not erased');
  const { estimated_delivery_at: _, ...rest } = data;
  return {
    type: 'PlaceOrder',
    data: { ...rest, personal: data.personal, lines: lines.map(({ tax: _tax, ...line }) => line) },
    at: context().at,
    by: context().actor,
  };
};
const act = (action: string): OrderCommand => ({
  type: 'TakeOrderAction',
  data: { action },
  at: context().at,
  by: context().actor,
});

/** A store whose `append` is replaced; everything else is the one in memory. */
const setUp = (around: (append: EventStore['append']) => EventStore['append'] = (append) => append) => {
  const memory = openMemoryEventStore();
  let reads = 0;
  const readStream: EventStore['readStream'] = (...asked) => {
    reads += 1;
    return memory.readStream(...asked);
  };
  const store: EventStore = { ...memory, readStream, append: around(memory.append) };
  const codec = createCodec(memoryDataKeys());
  const handle = createHandle({ store, codec });
  const stream = `order-${randomUUID()}`;
  const send = (command: OrderCommand, more: Partial<Request<OrderCommand, OrderState>> = {}) =>
    handle(decider, { stream, command, context: context(), ...more });
  const types = async () => (await memory.readStream(stream)).map(({ type }) => type);
  const read = async () => ({ base: undefined, events: await codec.decode(await memory.readStream(stream)) });
  return { memory, stream, send, types, read, reads: () => reads };
};

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'did not fail',
    (error: unknown) => error,
  );

test('a command that comes twice at once gets the stored answer twice', async () => {
  const { send, stream, memory } = setUp();
  const moments = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.001Z'];
  const both = moments.map((at) =>
    send({ ...placeOrder(), at }, { context: context({ command_id: 'command-1', at }) }),
  );
  const outcomes = await Promise.all(both);
  const [stored] = await memory.readStream(stream);
  for (const outcome of outcomes) {
    if (wasRejected(outcome)) throw new Error('placing is allowed');
    assert.is(outcome.events[0]?.metadata.hash, stored?.metadata['hash']);
    assert.is(outcome.revision, 0n);
  }
});

test('a command appends what was decided and answers the new state', async () => {
  const { send, types, stream, memory } = setUp();
  const placed = await send(placeOrder(), { known: NO_PAST });
  if (wasRejected(placed)) throw new Error('placing is allowed');
  assert.is(placed.state.status, 'pending');
  assert.is(placed.revision, 0n);
  const confirmed = await send(act('confirm'));
  if (wasRejected(confirmed)) throw new Error('confirming is allowed');
  assert.is(confirmed.state.status, 'confirmed');
  assert.is(confirmed.revision, 1n);
  assert.equal(await types(), ['OrderPlaced', 'OrderConfirmed']);
  assert.is(verifyChain(await memory.readStream(stream)), undefined);
});

test('what the caller has just read is decided on without reading it again', async () => {
  const { send, read, reads } = setUp();
  await send(placeOrder());
  const known = await read();
  const before = reads();
  const confirmed = await send(act('confirm'), { known });
  assert.is(wasRejected(confirmed) ? '' : confirmed.revision, 1n);
  assert.is(reads(), before);
});

test('a stream that has moved on since it was read is decided on anew', async () => {
  const { send, read, types } = setUp();
  await send(placeOrder());
  const known = await read();
  await send(act('confirm'));
  const again = await send(act('confirm'), { known });
  assert.ok(wasRejected(again), 'it is confirmed already');
  assert.equal(await types(), ['OrderPlaced', 'OrderConfirmed']);
});

test('a caller who demands the revision they know loses to a faster one', async () => {
  const { send, read } = setUp();
  await send(placeOrder());
  const known = await read();
  await send(act('confirm'));
  const failed = await failure(send(act('cancel'), { known, expected: 0n }));
  assert.instance(failed, WrongExpectedRevision);
});

test('a rejected command writes nothing and says why', async () => {
  const { send, types } = setUp();
  await send(placeOrder());
  const outcome = await send(act('deliver'));
  assert.ok(wasRejected(outcome));
  assert.equal(await types(), ['OrderPlaced']);
});

test('the same command twice has one effect and one answer', async () => {
  const { send, types } = setUp();
  await send(placeOrder());
  const command_id = randomUUID();
  const first = await send(act('confirm'), { context: context({ command_id }) });
  await send(act('start_processing'));
  const again = await send(act('confirm'), { context: context({ command_id }) });
  if (wasRejected(first) || wasRejected(again)) throw new Error('confirming is allowed');
  assert.is(again.repeated, true);
  assert.equal({ ...again, repeated: false }, { ...first, repeated: false });
  assert.equal(await types(), ['OrderPlaced', 'OrderConfirmed', 'OrderProcessingStarted']);
});

test('twenty at once: one wins, the others are decided again and rejected', async () => {
  const { send, types } = setUp();
  await send(placeOrder());
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(act('cancel'))));
  assert.is(outcomes.filter((outcome) => !wasRejected(outcome)).length, 1);
  assert.equal(await types(), ['OrderPlaced', 'OrderCancelled']);
});

test('twenty times the same command at once: all get the same answer', async () => {
  const { send, types } = setUp();
  await send(placeOrder());
  const command_id = randomUUID();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => send(act('confirm'), { context: context({ command_id }) })),
  );
  assert.equal(new Set(outcomes.map((o) => (wasRejected(o) ? 'refused' : String(o.revision)))), new Set(['1']));
  assert.equal(await types(), ['OrderPlaced', 'OrderConfirmed']);
});

test('a caller who names an outdated revision gets an error, and nothing is written', async () => {
  const { send, types } = setUp();
  await send(placeOrder());
  await send(act('confirm'));
  assert.instance(await failure(send(act('cancel'), { expected: 0n })), WrongExpectedRevision);
  assert.equal(await types(), ['OrderPlaced', 'OrderConfirmed']);
});

test('a lost answer: the command can be repeated, with and without a named revision', async () => {
  let loseNext = false;
  const { send, types } = setUp((append) => async (...args) => {
    const appended = await append(...args);
    if (!loseNext) return appended;
    loseNext = false;
    throw new StoreUnavailable('the answer was lost');
  });
  await send(placeOrder());
  const command_id = randomUUID();
  const confirm = () => send(act('confirm'), { context: context({ command_id }), expected: 0n });
  loseNext = true;
  assert.instance(await failure(confirm()), StoreUnavailable);
  const again = await confirm();
  assert.ok(!wasRejected(again) && again.repeated);
  assert.equal(await types(), ['OrderPlaced', 'OrderConfirmed']);
});

test('a stream that never holds still is given up after five tries', async () => {
  let tries = 0;
  const { send } = setUp((append) => async (stream, events, expected) => {
    if (expected === 'no_stream') return append(stream, events, expected);
    tries++;
    throw new WrongExpectedRevision(stream, expected, 99n);
  });
  await send(placeOrder());
  assert.instance(await failure(send(act('confirm'))), TooMuchContention);
  assert.is(tries, 5);
});

test('what the log says of itself is sealed for the customer of each event, and makes no key', async () => {
  const keys = memoryDataKeys();
  const store = openMemoryEventStore();
  const codec = createCodec(keys);
  const handle = createHandle({ store, codec });
  const exported = (customer_id: string) => {
    const said = context({ request: { ip: `address of ${customer_id}` } });
    const { at, actor: by } = said;
    const command = { type: 'ExportSubject', data: { customer_id }, at, by } as const;
    return handle(auditDecider, { stream: 'audit-2026', command, context: said });
  };
  const addresses = async () =>
    (await codec.decode(await store.readStream('audit-2026'))).map(({ metadata: { personal } }) =>
      personal === undefined ? 'none' : isErased(personal) ? 'erased' : personal.ip,
    );
  for (const customer of ['c-1', 'c-2']) await keys.forSubject(customer);
  for (const customer of ['c-1', 'c-2']) await exported(customer);
  assert.equal(await addresses(), ['address of c-1', 'address of c-2']);
  keys.destroy('c-2');
  for (const customer of ['c-1', 'c-2']) await exported(customer);
  assert.equal(await addresses(), ['address of c-1', 'erased', 'address of c-1', 'none']);
  assert.is(await keys.findLive('c-2'), undefined);
});

test.run();
