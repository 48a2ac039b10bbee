import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { modify, take } from '../../support/order-commands.ts';
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
import { allocate, expecting, linesOf, now, onPayment, pick, type World } from './model-world.ts';
import * as model from './reference-model.ts';

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
export const attempt = fc.record({
  kind: fc.constantFrom(...KINDS, 'advance' as const, 'settle' as const, 'refunded' as const, 'gateway' as const),
  a: fc.nat({ max: 1000 }),
  b: fc.nat({ max: 1000 }),
  c: fc.nat({ max: 1000 }),
});
export type Attempt = { kind: (typeof KINDS)[number]; a: number; b: number; c: number };

const act = (world: World, action: (typeof ACTIONS)[number]): void => {
  const { m } = world;
  const [from, to] = STEPS[action] ?? [[], ''];
  const isFree = action !== 'return_order' || model.captured(m) === model.gone(m, ['done']);
  if (!expecting(world, take(action), from.includes(m.status) && isFree)) return;
  m.status = to;
  if (action === 'return_order') m.isClosedByHand = true;
};

export const tries: Readonly<Record<Attempt['kind'], (world: World, attempt: Attempt) => void>> = {
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
