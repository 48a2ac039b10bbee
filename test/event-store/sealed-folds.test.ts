import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DomainEvent } from '../../src/domain/events.ts';
import { orderFold } from '../../src/domain/order/index.ts';
import { paymentFold } from '../../src/domain/payment/index.ts';
import { returnFold } from '../../src/domain/return/index.ts';
import type { Fact, Fold } from '../../src/domain/shared/decider.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { InvalidEvent } from '../../src/event-store/recorded.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';
import { assigned, confirmed } from '../support/order-events.ts';
import { context, orderPlaced } from '../support/orders.ts';
import { seed } from '../support/random.ts';
import { initiated } from '../support/return-events.ts';

const test = suite('folds of sealed events');
const ID = '0193a000-0000-7000-8000-00000000000a';
const LINE = '0193a000-0000-7000-8000-00000000000b';

const note = (text: string): DomainEvent => ({
  type: 'NoteAdded',
  data: { visible_to_customer: false, personal: { text } },
});

const ORDER: readonly DomainEvent[] = [
  confirmed,
  assigned(),
  note('rang twice'),
  { type: 'OrderDetailsChanged', data: { personal: { notes: 'leave at the door' } } },
  {
    type: 'OrderDetailsChanged',
    data: { personal: { shipping_address: { street: 'Οδός Ερμού 2' }, meta_data: null } },
  },
  { type: 'FeedbackGiven', data: { rating: 5, personal: { comment: 'quick' } } },
  { type: 'FeedbackGiven', data: { rating: 1 } },
  { type: 'OrderCancelled', data: { reason_category: null, personal: { reason: 'changed my mind' } } },
  { type: 'OrderCancelled', data: { reason_category: null, personal: { notes: 'by phone' } } },
];

const PAYMENT: readonly DomainEvent[] = [
  note('called the bank'),
  { type: 'PaymentCompleted', data: { transaction_id: 't-1', personal: { gateway_response: { risk: 'low' } } } },
  { type: 'PaymentDeclined', data: { failure_reason: 'declined', personal: { gateway_response: null } } },
  { type: 'PaymentDetailsChanged', data: { personal: { notes: 'by transfer' } } },
  { type: 'PaymentDetailsChanged', data: { transaction_id: 't-2' } },
  {
    type: 'RefundRequested',
    data: {
      refund_id: ID,
      amount: 1,
      method: 'original_payment',
      kind: 'money',
      return_id: null,
      personal: { reason: 'scratched', meta_data: { by: 'meera' } },
    },
  },
];
const paid: DomainEvent = {
  type: 'PaymentInitiated',
  data: {
    payment_number: 'PAY-2026-000001',
    order_id: ID,
    customer_id: 'c-1',
    method: 'paypal',
    amount: 100,
    currency: 'EUR',
    transaction_id: null,
    personal: { notes: 'my card', meta_data: { wallet: 'w-7' } },
  },
};

const seen = (condition: string | null, condition_notes: string | null): DomainEvent => ({
  type: 'ReturnReceived',
  data: {
    items: [{ order_item_id: LINE, received_quantity: 1 }],
    personal: { reason: 'arrived', notes: 'not of the return', conditions: { [LINE]: { condition, condition_notes } } },
  },
});
const opened = (condition_notes: string | null): DomainEvent => ({
  ...initiated,
  data: {
    ...initiated.data,
    order_id: ID,
    items: initiated.data.items.map((item) => ({ ...item, id: LINE, order_item_id: LINE })),
    personal: {
      reason_description: 'handle came off',
      return_address: 'Οδός Ερμού 1',
      notes: null,
      meta_data: null,
      conditions: { [LINE]: { condition: 'used', condition_notes } },
    },
  },
});
const RETURN: readonly DomainEvent[] = [
  note('photos on file'),
  seen('broken', null),
  seen(null, 'no lid'),
  { type: 'ReturnReceived', data: { items: [], personal: { reason: 'arrived' } } },
  { type: 'ReturnReceived', data: { items: [] } },
  { type: 'ReturnApproved', data: { reviewed: true, reviewed_amount: 1, personal: { notes: 'seems right' } } },
  { type: 'ReturnRejected', data: { reviewed: true, personal: { reason: 'worn out' } } },
  { type: 'ReturnDetailsChanged', data: { tracking_number: 'T-1', personal: { notes: 'in a bag' } } },
];

type AnyFold = Fold<DomainEvent, unknown>;
const AGGREGATES: readonly (readonly [fold: AnyFold, first: readonly DomainEvent[], later: readonly DomainEvent[]])[] =
  [
    [orderFold as AnyFold, [orderPlaced()], ORDER],
    [paymentFold as AnyFold, [paid], PAYMENT],
    [returnFold as AnyFold, [opened(null), opened('a crack')], RETURN],
  ];

const setUp = () => {
  const keys = memoryDataKeys();
  const codec = createCodec(keys);
  const store = async (events: readonly DomainEvent[]) => {
    const given = { stream: 'any-1', events, context: context(), revision: 0n, previousHash: null, customerId: 'c-1' };
    return (await codec.encode(given)).map(({ stored }, n): StoredEvent => ({
      ...stored,
      stream: 'any-1',
      revision: BigInt(n),
      position: BigInt(n + 1),
    }));
  };
  return { keys, codec, store };
};

/** As a row is folded: between two events it is written as JSON and read back. */
const foldAsRow = ({ initialState, evolve }: AnyFold, facts: readonly Fact<DomainEvent>[]): unknown =>
  facts.reduce((state, fact) => JSON.parse(JSON.stringify(evolve(state, fact))) as unknown, initialState);

test('a row folded sealed and opened when it is read is the row folded from opened events', async () => {
  const { codec, store } = setUp();
  await fc.assert(
    fc.asyncProperty(fc.nat(2), fc.nat(1), fc.array(fc.nat(), { maxLength: 12 }), async (which, begins, steps) => {
      const [fold, first, later] = AGGREGATES[which] ?? AGGREGATES[0] ?? [orderFold as AnyFold, [], []];
      const begin = first[begins % first.length];
      const history = [begin, ...steps.map((n) => later[n % later.length])].flatMap((event) => event ?? []);
      const stored = await store(history);
      const sealed = await codec.decode(stored, { personal: 'sealed' });
      const row = foldAsRow(
        fold,
        sealed.map(({ fact }) => fact),
      );
      const [read] = await codec.openPersonal([row]);
      const opened = await codec.decode(stored);
      assert.equal(
        read,
        foldAsRow(
          fold,
          opened.map(({ fact }) => fact),
        ),
      );
    }),
    { seed, numRuns: 200 },
  );
});

test('a row folded sealed has none of its words, asks for no key before it is read, and for all keys at once then', async () => {
  const { keys, store } = setUp();
  let asked = 0;
  const codec = createCodec({ ...keys, byId: (ids) => ((asked += 1), keys.byId(ids)) });
  const stored = await store([orderPlaced(), ...ORDER]);
  const facts = (await codec.decode(stored, { personal: 'sealed' })).map(({ fact }) => fact);
  const row = foldAsRow(orderFold as AnyFold, facts);
  for (const word of ['मीरा', 'meera', 'Ερμού', 'door', 'quick', 'twice', 'phone'])
    assert.not(JSON.stringify(row).includes(word), word);
  assert.is(asked, 0);
  await codec.openPersonal([row, row, row]);
  assert.is(asked, 1);
});

test('a row whose key is gone reads as erased, the rest intact', async () => {
  const { keys, codec, store } = setUp();
  const stored = await store([orderPlaced(), ...ORDER]);
  const facts = (await codec.decode(stored, { personal: 'sealed' })).map(({ fact }) => fact);
  const row = foldAsRow(orderFold as AnyFold, facts);
  keys.destroy('c-1');
  const [read] = await codec.openPersonal([row]);
  const erased = (await codec.decode(stored)).map(({ fact }) => fact);
  assert.equal(read, foldAsRow(orderFold as AnyFold, erased));
});

test('a row keeps the last of many changes, not all of them', async () => {
  const { codec, store } = setUp();
  const changes = Array.from({ length: 60 }, (_, n): DomainEvent => {
    const [one, other] = [{ notes: `note ${n}` }, { meta_data: { n } }];
    return {
      type: 'OrderDetailsChanged',
      data: { personal: n % 3 === 0 ? { ...one, ...other } : n % 2 ? one : other },
    };
  });
  const stored = await store([orderPlaced(), ...changes]);
  const facts = (await codec.decode(stored, { personal: 'sealed' })).map(({ fact }) => fact);
  const row = foldAsRow(orderFold as AnyFold, facts);
  const size = (value: unknown): number => JSON.stringify(value).length;
  assert.ok(size(row) < size(foldAsRow(orderFold as AnyFold, facts.slice(0, 1))) + 1_000, 'it does not grow with each');
  const [read] = await codec.openPersonal([row]);
  const opened = (await codec.decode(stored)).map(({ fact }) => fact);
  assert.equal(read, foldAsRow(orderFold as AnyFold, opened));
});

test('an envelope that was moved to another row does not open', async () => {
  const { codec, store } = setUp();
  const [a, b] = await codec.decode(await store([orderPlaced(), note('b')]), { personal: 'sealed' });
  const moved = JSON.parse(JSON.stringify(a?.fact.data).replaceAll(a?.id ?? '', b?.id ?? '')) as object;
  const failed = await codec.openPersonal([moved]).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.instance(failed, InvalidEvent);
});

test.run();
