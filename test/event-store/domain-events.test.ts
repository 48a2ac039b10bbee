import type { TSchema } from '@sinclair/typebox';
import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderIds } from '../../src/commands/orders.ts';
import { auditDecider, type AuditCommand } from '../../src/domain/audit/index.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { createOrderDecider, DEFAULT_ORDER_SETTINGS } from '../../src/domain/order/index.ts';
import { paymentDecider, type PaymentCommand } from '../../src/domain/payment/index.ts';
import {
  initiationOf,
  returnDecider,
  type ReturnCommand,
  type ReturnInitiated,
} from '../../src/domain/return/index.ts';
import { storeCreditDecider, type StoreCreditCommand } from '../../src/domain/store-credit/index.ts';
import type { Decider, Rejection } from '../../src/domain/shared/decider.ts';
import { createCodec, type Codec } from '../../src/event-store/codec.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { eventSchemas } from '../../src/event-store/schemas/index.ts';
import { NOON, SYSTEM } from '../support/decider-spec.ts';
import {
  ADMIN,
  cancelItems,
  CUSTOMER,
  hold,
  modify,
  move,
  mug,
  pricedMug,
  place,
  releaseHold,
  ship,
  take,
} from '../support/order-commands.ts';
import {
  item,
  openReturn,
  recordCapture,
  refundByHand,
  refundOverpaid,
  resolveRefund,
  settleReturn,
  startPayment,
} from '../support/order-money.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';
import { context } from '../support/orders.ts';
import { isReadableIn } from '../support/readable-forms.ts';
import { runOrder } from '../support/order-run.ts';

const test = suite('domain events and their schemas');
/** Stands in every personal field: it is nowhere else. */
const WORD = 'kanari7Müller';

type Parts = {
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
};

const now = { at: NOON, by: SYSTEM };

/** Decides commands one after the other, and hands over all events. */
const decided = <C, E extends DomainEvent, S>(
  decider: Decider<C, E, S, Rejection>,
  commands: readonly C[],
): readonly E[] => {
  let state = decider.initialState;
  return commands.flatMap((command) => {
    const decision = decider.decide(command, state);
    assert.ok('accepted' in decision, JSON.stringify([command, decision]));
    for (const event of decision.accepted) state = decider.evolve(state, { ...event, ...now });
    return decision.accepted;
  });
};

const [line, orderId, returnId, p1, p2, p3] = Array.from({ length: 6 }, () => randomUUID());
const mugs = [mug({ id: line ?? '' })];
const remarks = { reason: 'because I say so', notes: 'noted', meta_data: { a: 1 } };

/** An order that lives through nearly everything, and what its return and a payment say meanwhile. */
const lifeOf = () => {
  assert.ok(line && orderId && returnId && p1 && p2 && p3);
  const lived = runOrder(createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds));
  const { does, order } = lived;
  does(place({ lines: mugs, scheduled_for: '2026-03-02T12:00:00.000Z' }));
  does({ type: 'ReleaseOrder', data: {}, at: '2026-03-02T12:00:00.000Z', by: SYSTEM }, modify(mugs));
  does({ type: 'ChangeDetails', data: { notes: 'ring twice' }, at: NOON, by: CUSTOMER });
  does({ type: 'AssignDeliveryPartner', data: { delivery_partner_id: 'd-1' }, at: NOON, by: ADMIN });
  does(startPayment(p1, 1000), startPayment(p2, 1000), recordCapture(p1, 1000), recordCapture(p3, 2358));
  does({ type: 'RecordPaymentFailure', data: { payment_id: p2 }, ...now });
  does(...['confirm', 'start_processing', 'ship', 'out_for_delivery', 'deliver'].map((a) => take(a, remarks)));
  does({ type: 'GiveFeedback', data: { rating: 5, comment: 'lovely' }, at: NOON, by: CUSTOMER });
  does(openReturn(returnId, { items: [item(line, 2, 'damaged')], at: '2027-01-01T00:00:00.000Z', force: true }));
  const opened = lived.facts().find((fact) => fact.type === 'ReturnOpened');
  assert.ok(opened?.type === 'ReturnOpened');
  const initiation = initiationOf(opened.data, order(), orderId);
  does(settleReturn(returnId, { [line]: 1 }, { restocking_fee: 5, refund_method: 'original_payment' }));
  const going = () => {
    const refund = order().refunds.find(({ status }) => status === 'pending');
    assert.ok(refund);
    const { refund_id, payment_id, amount, method, kind, return_id } = refund;
    return { refund_id, payment_id, amount, method, kind, return_id };
  };
  does(
    { type: 'RecordRefundFailure', data: going(), ...now },
    { ...refundOverpaid, type: 'RefundReturn', data: { return_id: returnId } },
  );
  does({ type: 'RecordRefund', data: going(), ...now });
  return { order: lived.facts().map(({ type, data }) => ({ type, data }) as DomainEvent), initiation };
};

/** An order that is held, loses a unit, and leaves in five shipments, each with another fate. */
const lifeInShipments = (): readonly DomainEvent[] => {
  assert.ok(line);
  const lived = runOrder(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, invoicePer: 'shipment' }, orderIds));
  const { does, order } = lived;
  const one = [{ order_item_id: line, quantity: 1 }];
  const tracking = { carrier: 'DHL', tracking_number: 'T1', tracking_url: 'https://dhl.example/T1' };
  const leaves = (): string => {
    does(ship(one, { ...tracking, notes: 'with care' }));
    const shipment = order().shipments.at(-1);
    assert.ok(shipment);
    return shipment.shipment_id;
  };
  does(place({ lines: [mug({ id: line, quantity: 6 })] }), hold(), releaseHold());
  does(take('confirm'), take('start_processing'), cancelItems(one));
  const [delivered, sentAgain, lost, resolved, refunded] = [leaves(), leaves(), leaves(), leaves(), leaves()];
  const corrected = { shipment_id: delivered, carrier: null, tracking_number: 'T2' };
  does(
    { type: 'ChangeShipment', data: corrected, at: NOON, by: ADMIN },
    move(delivered, 'out_for_delivery', remarks),
    move(delivered, 'fail', remarks),
    move(delivered, 'deliver', remarks),
    move(sentAgain, 'returned_to_sender', { ...remarks, resolution: 'resend' }),
    move(lost, 'lost', { ...remarks, resolution: 'refund' }),
    move(resolved, 'lost'),
    move(resolved, 'lost', { ...remarks, resolution: 'refund' }),
    move(refunded, 'returned_to_sender', { resolution: 'refund' }),
  );
  return lived.facts().map(({ type, data }) => ({ type, data }) as DomainEvent);
};

/** What the log says of keys and documents of erased customers. */
const auditCommands: readonly AuditCommand[] = [
  {
    type: 'EraseSubject',
    data: {
      key_id: randomUUID(),
      kept: [{ year: 2026, documents: 2, until: '2036-12-31' }],
      restricted: [randomUUID()],
    },
    ...now,
  },
  { type: 'ReadKeptDocument', data: { document_id: randomUUID() }, at: NOON, by: ADMIN },
  { type: 'ExportSubject', data: { customer_id: 'c-1' }, at: NOON, by: ADMIN },
  { type: 'EndBooks', data: { year: 2026 }, ...now },
];

const returnCommands = (data: ReturnInitiated['data']): readonly (readonly ReturnCommand[])[] => {
  const begin: ReturnCommand = { type: 'InitiateReturn', data, ...now };
  const act = (action: string, more: object = {}): ReturnCommand => ({
    type: 'TakeReturnAction',
    data: { action, ...more },
    at: NOON,
    by: ADMIN,
  });
  const items = [{ order_item_id: line ?? '', received_quantity: 1, condition: 'used' }];
  const whole: readonly ReturnCommand[] = [
    begin,
    {
      type: 'ReviewReturn',
      data: { decision: 'approved', notes: 'seen by Eva', refund_amount: 1 },
      at: NOON,
      by: ADMIN,
    },
    act('schedule_pickup', remarks),
    act('start_transit'),
    act('receive', { items, ...remarks }),
    act('process', { restocking_fee: 5, refund_method: 'original_payment' }),
    { type: 'RecordReturnRefunded', data: { refunded_amount: 5 }, ...now },
    { type: 'ChangeReturnDetails', data: { notes: null, tracking_number: 'T1' }, at: NOON, by: ADMIN },
  ];
  const exchanged: readonly ReturnCommand[] = [
    begin,
    {
      type: 'ReviewReturn',
      data: { decision: 'approved', notes: 'seen by Eva', adds_shipping: true },
      at: NOON,
      by: ADMIN,
    },
    act('receive'),
    {
      type: 'ExchangeReturn',
      data: {
        items: [{ order_item_id: line ?? '', reason: 'size_issue' }],
        exchanged: {
          order_id: randomUUID(),
          order_number: 'ORD-2026-000002',
          tax_rate: '0.1',
          shipping_cost: 0,
          lines: [pricedMug({ id: randomUUID() })],
          overrides_catalogue: true,
          personal: { line_meta_data: {} },
        },
      },
      at: NOON,
      by: ADMIN,
    },
  ];
  return [
    whole,
    exchanged,
    [begin, act('reject', remarks)],
    [begin, act('cancel')],
    [begin, act('approve'), act('not_sent', remarks)],
  ];
};

const paymentCommands = (): readonly (readonly PaymentCommand[])[] => {
  const refund_id = randomUUID();
  const initiate: PaymentCommand = {
    type: 'InitiatePayment',
    data: {
      payment_number: 'PAY-2026-000001',
      order_id: orderId ?? '',
      customer_id: 'c-1',
      method: 'stripe',
      amount: 1000,
      currency: 'EUR',
      transaction_id: null,
      personal: { notes: 'n', meta_data: null },
    },
    ...now,
  };
  const start: PaymentCommand = { type: 'StartProcessing', data: {}, ...now };
  const gateway_response = { code: 'ok' };
  const request = (id: string): PaymentCommand => ({
    type: 'RequestRefund',
    data: {
      refund_id: id,
      amount: 10,
      method: 'original_payment',
      kind: 'money',
      return_id: null,
      personal: { reason: 'r', meta_data: { a: 1 } },
    },
    ...now,
  });
  const other = randomUUID();
  const third = randomUUID();
  return [
    [
      initiate,
      start,
      { type: 'CompletePayment', data: { transaction_id: 't', gateway_response }, ...now },
      request(refund_id),
      { type: 'CompleteRefund', data: { refund_id }, ...now },
      request(other),
      { type: 'DeclineRefund', data: { refund_id: other, failure_reason: 'no' }, ...now },
      { type: 'PayOutRefund', data: { amount: 1, refund_id: other, method: 'cash' }, ...now },
      request(third),
      { type: 'ReleaseRefund', data: { refund_id: third }, ...now },
      {
        type: 'ChangePaymentDetails',
        data: { transaction_id: null, notes: 'x', gateway_response },
        at: NOON,
        by: ADMIN,
      },
    ],
    [initiate, start, { type: 'DeclinePayment', data: { failure_reason: 'no', gateway_response }, ...now }],
    [initiate, { type: 'CancelPayment', data: {}, ...now }],
  ];
};

const storeCreditCommands = (): readonly StoreCreditCommand[] => {
  const data = {
    customer_id: 'c-1',
    currency: 'EUR',
    entry_id: randomUUID(),
    amount: 100,
    kind: 'adjustment',
    order_id: null,
    return_id: null,
    reason_category: 'goodwill',
    personal: { note: 'sorry' },
  } as const;
  return [
    { type: 'GiveStoreCredit', data, ...now },
    { type: 'SpendStoreCredit', data: { ...data, entry_id: randomUUID(), kind: 'payment' }, ...now },
  ];
};

/** Streams that have every event of the domain among them. */
const everyEvent = (): readonly (readonly DomainEvent[])[] => {
  const { order, initiation } = lifeOf();
  const cancelled = decided(createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds), [
    place({ lines: mugs }),
    take('cancel', remarks),
  ]);
  const closed = decided(createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds), [
    place({ lines: mugs }),
    ...['confirm', 'start_processing', 'ship', 'deliver', 'return_order'].map((action) => take(action)),
  ]);
  assert.ok(p1);
  const one = { payment_id: p1, amount: 100, method: 'original_payment', return_id: null } as const;
  const failed = (kind: 'cancellation' | 'money') =>
    ({ type: 'RecordRefundFailure', data: { ...one, kind, refund_id: orderIds.refundId(p1, 0) }, ...now }) as const;
  const resolved = decided(createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds), [
    place({ lines: mugs }),
    ...[startPayment(p1, 100), recordCapture(p1, 100), take('cancel'), refundOverpaid, failed('cancellation')],
    resolveRefund(orderIds.refundId(p1, 0), 'cash', { note: 'at the counter' }),
  ]);
  const withdrawn = decided(createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds), [
    place({ lines: mugs }),
    ...[startPayment(p1, 100), recordCapture(p1, 100), refundByHand(p1, 100), failed('money')],
    resolveRefund(orderIds.refundId(p1, 0), 'withdraw'),
  ]);
  return [
    resolved,
    withdrawn,
    decided(storeCreditDecider, storeCreditCommands()),
    decided(auditDecider, auditCommands),
    order,
    lifeInShipments(),
    cancelled,
    closed,
    ...returnCommands(initiation).map((commands) => decided(returnDecider, commands)),
    ...paymentCommands().map((commands) => decided(paymentDecider, commands)),
  ];
};

const stored = async (codec: Codec, events: readonly DomainEvent[]): Promise<readonly StoredEvent[]> => {
  const encoded = await codec.encode({
    stream: 'some-stream',
    events,
    context: context({ request: { ip: WORD, user_agent: WORD } }),
    revision: 0n,
    previousHash: null,
    customerId: 'c-1',
  });
  return encoded.map(({ stored: one }, i) => ({
    ...one,
    stream: 'some-stream',
    revision: BigInt(i),
    position: BigInt(i + 1),
  }));
};

test('every decided event passes its schema and is read back unchanged', async () => {
  const streams = everyEvent();
  const codec = createCodec(memoryDataKeys());
  for (const events of streams) {
    const read = await codec.decode(await stored(codec, events));
    assert.equal(
      read.map(({ fact: { type, data } }) => ({ type, data })),
      events.map(({ type, data }) => ({ type, data })),
    );
  }
  const seen = new Set<string>(streams.flat().map(({ type }) => type));
  const unseen = Object.keys(eventSchemas).filter((type) => !seen.has(type) && !/^(Document|Day|Log)/.test(type));
  assert.equal(unseen, [], 'every event type was decided at least once');
});

/** A value that a schema of personal data takes, with the word in every text. */
const filled = (schema: TSchema): unknown => {
  const { anyOf, properties = {}, patternProperties = {} } = schema as Parts;
  const chosen = anyOf?.find(({ type }) => type === 'object') ?? anyOf?.[0];
  if (chosen !== undefined) return filled(chosen);
  const named = Object.entries(properties).map(([name, inner]) => [name, filled(inner)] as const);
  const free = Object.values(patternProperties).map((inner) => [WORD, filled(inner)] as const);
  if (schema['type'] === 'object') return Object.fromEntries([...named, ...free]);
  return schema['type'] === 'number' ? 12.5 : WORD;
};

test('no personal field of any event can be read in what is stored, nor by anyone once the key is gone', async () => {
  const keys = memoryDataKeys();
  const codec = createCodec(keys);
  let [fields, events] = [0, 0];
  const all: StoredEvent[] = [];
  for (const stream of everyEvent()) {
    const said = stream.map((event) => {
      const { personal } = (eventSchemas as Record<string, { readonly data: TSchema }>)[event.type]?.data[
        'properties'
      ] as {
        readonly personal?: TSchema;
      };
      if (personal === undefined) return event;
      const value = filled(personal) as object;
      fields += Object.keys(value).length;
      return { ...event, data: { ...event.data, personal: value } } as DomainEvent; // of its own schema
    });
    all.push(...(await stored(codec, said)));
  }
  const textOf = (value: unknown): Buffer =>
    Buffer.from(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)));
  assert.not.ok(isReadableIn(textOf(all), WORD));
  const open = await codec.decode(all);
  for (const { fact, metadata } of open)
    if ('personal' in fact.data) {
      events += 1;
      assert.ok(textOf(fact.data.personal).includes(WORD), fact.type);
      assert.ok(textOf(metadata.personal).includes(WORD), fact.type);
    }
  assert.ok(fields > 100 && events > 40, `${fields} fields of ${events} events`);
  keys.destroy('c-1');
  assert.not.ok(isReadableIn(textOf(await codec.decode(all)), WORD));
});

test.run();
