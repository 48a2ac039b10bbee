import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  amountDue,
  beingRefunded,
  captured,
  countUnits,
  createOrderDecider,
  DEFAULT_ORDER_POLICY,
  evolveOrder,
  finalPrice,
  freeUnits,
  NO_ORDER,
  ORDER_TRANSITIONS,
  orderHistory,
  refunded,
  type OrderCommand,
  type OrderState,
} from '../../../src/domain/order/index.ts';
import {
  paymentDecider,
  refundedOf,
  type PaymentCommand,
  type PaymentState,
} from '../../../src/domain/payment/index.ts';
import { NOON, SYSTEM } from '../../support/decider-spec.ts';
import { modify, mug, place, take } from '../../support/order-commands.ts';
import {
  item,
  openReturn,
  recordCapture,
  recordPaymentFailure,
  refundByHand,
  refundExcess,
  refundReturn,
  settleReturn,
  startPayment,
} from '../../support/order-money.ts';
import { always } from '../../support/property.ts';
import { timeline } from '../../support/timeline.ts';
import * as model from './reference-model.ts';

const test = suite('order against the reference model');

const ACTIONS = [
  'confirm',
  'start_processing',
  'ship',
  'out_for_delivery',
  'deliver',
  'cancel',
  'return_order',
] as const;
const STEPS: Readonly<Record<string, readonly [from: readonly string[], to: string]>> = {
  confirm: [['pending'], 'confirmed'],
  start_processing: [['confirmed'], 'processing'],
  ship: [['processing'], 'shipped'],
  out_for_delivery: [['processing', 'shipped'], 'out_for_delivery'],
  deliver: [['shipped', 'out_for_delivery'], 'delivered'],
  cancel: [['pending', 'confirmed', 'processing'], 'cancelled'],
  return_order: [['delivered', 'partially_returned'], 'returned'],
};

const KINDS = [
  'act',
  'advance',
  'modify',
  'pay',
  'gateway',
  'excess',
  'hand',
  'open',
  'close',
  'settle',
  'refund',
  'refunded',
] as const;

/** What to try next; the numbers pick among what is there. */
const attempt = fc.record({
  kind: fc.constantFrom(...KINDS, 'advance' as const, 'settle' as const, 'refunded' as const, 'gateway' as const),
  a: fc.nat({ max: 1000 }),
  b: fc.nat({ max: 1000 }),
  c: fc.nat({ max: 1000 }),
});
type Attempt = { kind: (typeof KINDS)[number]; a: number; b: number; c: number };

const basket = fc.array(
  fc.record({
    unit_price: fc.integer({ min: 1, max: 999 }),
    quantity: fc.integer({ min: 1, max: 4 }),
    share: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 1, maxLength: 3 },
);
type Basket = readonly { unit_price: number; quantity: number; share: number }[];

const linesOf = (wanted: Basket) =>
  wanted.map(({ share, ...one }, index) =>
    mug({ ...one, id: `line-${index}`, discount: Math.floor((one.unit_price * one.quantity * share) / 100) }),
  );

const setUp = (wanted: Basket, autoRefundReturns: boolean) => {
  const lived = timeline(createOrderDecider({ ...DEFAULT_ORDER_POLICY, autoRefundReturns }));
  lived.does(place({ lines: linesOf(wanted), shipping_cost: 199 }));
  const m: model.Model = {
    status: 'pending',
    isClosedByHand: false,
    wasDelivered: false,
    shipping: 199,
    lines: [],
    payments: [],
    refunds: [],
    returns: [],
  };
  const takeLines = () => {
    m.lines = lived.order().lines.map((line) => ({
      id: line.id,
      price: finalPrice(line),
      units: Array.from({ length: line.quantity }, () => ({ holder: null, isFault: false })),
    }));
  };
  takeLines();
  return { lived, m, takeLines, autoRefundReturns, payments: new Map<string, PaymentState>() };
};
type World = ReturnType<typeof setUp>;

/** The payment's own stream must agree with everything the order decided. */
const onPayment = ({ payments }: World, id: string, ...commands: readonly PaymentCommand[]): void => {
  for (const command of commands) {
    const state = payments.get(id) ?? paymentDecider.initialState;
    const decision = paymentDecider.decide(command, state);
    assert.ok('accepted' in decision, `${command.type} on ${id}: ${JSON.stringify(decision)}`);
    payments.set(
      id,
      decision.accepted.reduce((s, event) => paymentDecider.evolve(s, { ...event, at: NOON, by: SYSTEM }), state),
    );
  }
};
const now = { at: NOON, by: SYSTEM };
const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];

/** Sends a command to the order and says whether it was accepted, which the model must have foretold. */
const expecting = ({ lived }: World, command: OrderCommand, accepted: boolean): boolean => {
  const outcome = lived.send(command);
  assert.is(!('rejected' in outcome), accepted, `${JSON.stringify(command)} → ${JSON.stringify(outcome)}`);
  return accepted;
};

/** What the model says is to be given back, as the order must have allocated it. */
const allocate = (world: World, amount: number, cause: string, holder: string | null): void => {
  const { lived, m } = world;
  for (const part of model.splitOver(m, amount)) {
    const allocated = lived.order().refunds[m.refunds.length];
    assert.equal([allocated?.payment_id, allocated?.amount, allocated?.cause], [part.payment, part.amount, cause]);
    const id = allocated?.refund_id ?? '';
    m.refunds.push({ ...part, id, status: 'pending', cause, holder });
    onPayment(world, part.payment, {
      type: 'RequestRefund',
      data: { refund_id: id, amount: part.amount, cause: 'manual', return_id: holder },
      ...now,
    });
  }
};

const act = (world: World, action: (typeof ACTIONS)[number]): void => {
  const { m } = world;
  const [from, to] = STEPS[action] ?? [[], ''];
  const isFree = action !== 'return_order' || model.captured(m) === model.gone(m, ['done']);
  if (!expecting(world, take(action), from.includes(m.status) && isFree)) return;
  m.status = to;
  if (action === 'return_order') m.isClosedByHand = true;
};

const tries: Readonly<Record<Attempt['kind'], (world: World, attempt: Attempt) => void>> = {
  act: (world, { a }) => act(world, ACTIONS[a % ACTIONS.length] ?? 'confirm'),
  advance: (world) => {
    const next = (['confirm', 'start_processing', 'ship', 'deliver'] as const).find((action) =>
      STEPS[action]?.[0].includes(world.m.status),
    );
    if (next !== undefined) act(world, next);
  },
  modify: (world, { a, b }) => {
    const lines = linesOf([{ unit_price: 1 + a, quantity: 1 + (b % 4), share: b % 101 }]);
    if (expecting(world, modify(lines), ['pending', 'confirmed'].includes(world.m.status))) world.takeLines();
  },
  pay: (world, { a, b }) => {
    const { m } = world;
    const id = `p-${m.payments.length + 1}`;
    const amount = b % 3 === 0 ? model.due(m) + (b % 2) : 1 + a;
    if (amount === 0) return;
    const fits = model.inFlight(m) + amount <= model.due(m) && !['cancelled', 'returned'].includes(m.status);
    if (!expecting(world, startPayment(id, amount), fits)) return;
    m.payments.push({ id, amount, status: 'in_flight' });
    const data = {
      payment_number: id,
      order_id: 'o-1',
      customer_id: 'c-1',
      method: 'other',
      amount,
      currency: 'EUR',
      transaction_id: null,
      personal: { notes: null, meta_data: null },
    } as const;
    onPayment(world, id, { type: 'InitiatePayment', data, ...now }, { type: 'StartProcessing', data: {}, ...now });
  },
  gateway: (world, { a, b }) => {
    const payment = pick(
      world.m.payments.filter(({ status }) => status === 'in_flight'),
      a,
    );
    if (payment === undefined) return;
    const { id, amount } = payment;
    payment.status = b % 5 === 0 ? 'failed' : 'captured';
    if (payment.status === 'captured') {
      onPayment(world, id, { type: 'CompletePayment', data: { transaction_id: null }, ...now });
      expecting(world, recordCapture(id, amount), true);
    } else {
      onPayment(world, id, { type: 'DeclinePayment', data: { failure_reason: 'declined' }, ...now });
      expecting(world, recordPaymentFailure(id), true);
    }
  },
  excess: (world) => {
    const { m } = world;
    expecting(world, refundExcess, true);
    allocate(world, model.excess(m), m.status === 'cancelled' ? 'cancellation' : 'excess', null);
  },
  hand: (world, { a, b }) => {
    const { m } = world;
    const payment = pick(m.payments, a);
    if (payment === undefined) return;
    const left = model.leftOf(m, payment);
    const amount = b % 3 === 0 ? left : 1 + (b % (left + 2));
    if (!expecting(world, refundByHand(payment.id, amount), amount > 0 && amount <= left)) return;
    const id = world.lived.order().refunds.at(-1)?.refund_id ?? '';
    m.refunds.push({ id, payment: payment.id, amount, status: 'pending', cause: 'manual', holder: null });
    onPayment(world, payment.id, {
      type: 'RequestRefund',
      data: { refund_id: id, amount, cause: 'manual', return_id: null },
      ...now,
    });
  },
  open: (world, { a, b, c }) => {
    const { m } = world;
    const id = `r-${m.returns.length + 1}`;
    const quantities = m.lines.map((line, index) => (c % 2 === 0 ? model.freeCount(line) : ((a >> index) + b) % 4));
    const items = m.lines
      .map(({ id: line }, index) => item(line, quantities[index] ?? 0))
      .filter((x) => x.quantity > 0);
    if (items.length === 0) return;
    const fits =
      ['delivered', 'partially_returned', 'return_requested'].includes(m.status) &&
      m.lines.every((line, index) => (quantities[index] ?? 0) <= model.freeCount(line));
    const isFault = b % 4 !== 0;
    const command = openReturn(id, { items, reason: isFault ? 'damaged' : 'change_of_mind' });
    if (expecting(world, command, fits)) model.open(m, id, quantities, isFault);
  },
  close: (world, { a, b }) => {
    const one = pick(world.m.returns, a);
    if (one === undefined) return;
    const outcome = b % 2 === 0 ? 'rejected' : 'cancelled';
    expecting(world, { type: 'CloseReturn', data: { return_id: one.id, outcome }, ...now }, true);
    if (one.status === 'open') model.close(world.m, one, false);
  },
  settle: (world, { a, b, c }) => {
    const { m } = world;
    const one = pick(
      m.returns.filter(({ status }) => status === 'open'),
      a,
    );
    if (one === undefined) return;
    const held = m.lines.map(({ units }) => units.filter(({ holder }) => holder === one.id).length);
    const accepted = held.map((count) => (b % 3 === 0 ? b % (count + 1) : count));
    const review = c % 5 === 0 ? 1 + a : null;
    const fee = c % 4 === 0 ? b : 0;
    one.isCredit = c % 7 === 0;
    model.settle(m, one, { accepted, review, fee });
    const byLine = Object.fromEntries(m.lines.map(({ id }, index) => [id, accepted[index] ?? 0]));
    const terms = { reviewed_amount: review, restocking_fee: fee, refund_method: one.isCredit ? 'store_credit' : null };
    expecting(world, settleReturn(one.id, byLine, terms), true);
    const settlement = world.lived.order().returns.find(({ return_id }) => return_id === one.id)?.settlement;
    assert.is(settlement?.amount, one.amount, 'settled amount');
    if (one.isCredit || Math.min(one.amount, model.here(m)) === 0) model.close(m, one, true);
    else if (world.autoRefundReturns) allocateReturn(world, one);
  },
  refund: (world, { a }) => {
    const { m } = world;
    const one = pick(m.returns, a);
    if (one === undefined) return;
    const isGoing = model.gone(m, ['pending'], ({ holder }) => holder === one.id) > 0;
    if (!expecting(world, refundReturn(one.id), one.status === 'closed' || (one.status === 'settled' && !isGoing)))
      return;
    if (one.status === 'closed') return;
    const wanted = one.amount - model.gone(m, ['done'], ({ holder }) => holder === one.id);
    if (Math.min(wanted, model.here(m)) === 0) model.close(m, one, true);
    else allocateReturn(world, one);
  },
  refunded: (world, { a, b }) => {
    const { m } = world;
    const one = pick(
      m.refunds.filter(({ status }) => status === 'pending'),
      a,
    );
    if (one === undefined) return;
    const known = world.lived.order().refunds.find(({ refund_id }) => refund_id === one.id);
    assert.ok(known);
    const { refund_id, payment_id, amount, cause, return_id } = known;
    const data = { refund_id, payment_id, amount, cause, return_id };
    const failure_reason = 'declined';
    one.status = b % 5 === 0 ? 'failed' : 'done';
    if (one.status === 'failed') {
      onPayment(world, payment_id, { type: 'DeclineRefund', data: { refund_id, failure_reason }, ...now });
      expecting(world, { type: 'RecordRefundFailure', data, ...now }, true);
      return;
    }
    onPayment(world, payment_id, { type: 'CompleteRefund', data: { refund_id }, ...now });
    expecting(world, { type: 'RecordRefund', data, ...now }, true);
    const ret = m.returns.find(({ id }) => id === one.holder);
    if (ret && model.gone(m, ['done'], ({ holder }) => holder === ret.id) >= ret.target) model.close(m, ret, true);
  },
};

const allocateReturn = (world: World, one: model.ModelReturn): void => {
  const { m } = world;
  const done = model.gone(m, ['done'], ({ holder }) => holder === one.id);
  one.target = done + Math.min(one.amount - done, model.here(m));
  allocate(world, one.amount - done, 'return', one.id);
};

/** After every step, the order says what the model says. */
const agree = ({ lived, m, payments }: World): void => {
  const order = lived.order();
  assert.equal(
    [order.status, amountDue(order), captured(order), refunded(order), beingRefunded(order)],
    [m.status, model.due(m), model.captured(m), model.gone(m, ['done']), model.gone(m, ['pending'])],
  );
  assert.is(order.refunds.length, m.refunds.length);
  assert.ok(refunded(order) + beingRefunded(order) <= captured(order), 'never more goes back than came in');
  for (const [index, line] of order.lines.entries()) {
    const known = m.lines[index];
    assert.is(countUnits(freeUnits(order, line)), known && model.freeCount(known), 'units that can be returned');
  }
  const gone = [...payments.values()].reduce((sum, one) => sum + (one.status === 'none' ? 0 : refundedOf(one)), 0);
  assert.is(gone, refunded(order), 'payments and order agree on what went back');
};

/** The table is never left, the chain of the history is unbroken, and a replay gives the same order. */
const wasLawful = ({ lived }: World): void => {
  const rows = orderHistory(lived.facts());
  for (const [index, { previous_status, new_status }] of rows.entries()) {
    const from = previous_status ?? 'none';
    assert.is(previous_status, rows[index - 1]?.new_status ?? null);
    assert.ok(
      ORDER_TRANSITIONS.some(
        (row) => row.from.some((status) => status === from) && row.to.some((status) => status === new_status),
      ),
      `${from} → ${new_status} is not in the table`,
    );
  }
  const replayed = lived.facts().reduce<OrderState>((state, fact) => evolveOrder(state, fact), NO_ORDER);
  assert.equal(replayed, lived.order());
};

test('random commands: accepted, refused, allocated and summed up as the reference model says', () => {
  const seen = new Set<string>();
  always(
    fc.property(
      basket,
      fc.boolean(),
      fc.array(attempt, { minLength: 10, maxLength: 60, size: 'max' }),
      (wanted, auto, attempts) => {
        const world = setUp(wanted, auto);
        for (const one of attempts) {
          tries[one.kind](world, one);
          agree(world);
        }
        wasLawful(world);
        seen.add(world.m.status);
        for (const { type } of world.lived.facts()) seen.add(type);
      },
    ),
    2500,
  );
  // A test that never gets anywhere proves nothing.
  for (const reached of ['returned', 'partially_returned', 'return_requested', 'cancelled', 'PaymentRefundFailed']) {
    assert.ok(seen.has(reached), `no run reached ${reached}`);
  }
});

test.run();
