import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { SHIPMENT_ACTIONS } from '../../../src/domain/order/index.ts';
import { initiationOf } from '../../../src/domain/return/index.ts';
import { NOON } from '../../support/decider-spec.ts';
import {
  addItems,
  ADMIN,
  cancelItems,
  hold,
  modify,
  move,
  releaseHold,
  ship,
  take,
} from '../../support/order-commands.ts';
import { shipmentId } from '../../support/order-events.ts';
import {
  item,
  openReturn,
  recordCapture,
  recordPaymentFailure,
  refundByHand,
  refundOrder,
  refundOverpaid,
  refundReturn,
  resolveRefund,
  settleReturn,
  startPayment,
} from '../../support/order-money.ts';
import {
  allocate,
  closeIfPaid,
  expecting,
  linesOf,
  now,
  onPayment,
  onReturn,
  pick,
  type World,
} from './model-world.ts';
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
const UNDER_WAY = ['partially_shipped', 'shipped', 'out_for_delivery', 'partially_delivered'];
const STEPS: Readonly<Record<string, readonly [from: readonly string[], to: string]>> = {
  confirm: [['pending'], 'confirmed'],
  start_processing: [['confirmed'], 'processing'],
  ship: [['processing', 'partially_shipped'], 'shipped'],
  out_for_delivery: [['processing', ...UNDER_WAY], 'out_for_delivery'],
  deliver: [UNDER_WAY, 'delivered'],
  cancel: [['pending', 'confirmed', 'processing'], 'cancelled'],
  return_order: [['delivered', 'partially_returned'], 'returned'],
};

const RETURNABLE = ['partially_shipped', 'partially_delivered', 'delivered', 'partially_returned', 'return_requested'];
const GOODS_TO_SEND = ['pending', 'confirmed', 'processing', 'partially_shipped'];
const KINDS = [
  'act',
  'advance',
  'modify',
  'add',
  'ship',
  'move',
  'cut',
  'hold',
  'pay',
  'gateway',
  'overpaid',
  'hand',
  'credit',
  'resolve',
  'open',
  'walk',
  'close',
  'settle',
  'refund',
  'refunded',
] as const;

/** What to try next; the numbers pick among what is there. */
export const attempt = fc.record({
  kind: fc.constantFrom(
    ...KINDS,
    ...(['advance', 'advance', 'open', 'settle', 'settle', 'refunded', 'gateway', 'pay'] as const),
  ),
  a: fc.nat({ max: 1000 }),
  b: fc.nat({ max: 1000 }),
  c: fc.nat({ max: 1000 }),
});
export type Attempt = { kind: (typeof KINDS)[number]; a: number; b: number; c: number };

const act = (world: World, action: (typeof ACTIONS)[number]): void => {
  const { m } = world;
  const [from, to] = STEPS[action] ?? [[], ''];
  if (!expecting(world, take(action), from.includes(m.status) && mayAct(world, action))) return;
  const goesOut = action === 'ship' || action === 'out_for_delivery' || action === 'deliver';
  if (action === 'cancel') m.isHeld = false;
  if (!goesOut) m.status = to;
  else {
    if (model.isAnythingLeft(m)) model.ship(m, shipmentId(m.shipments.length + 1), 'shipped');
    if (action === 'out_for_delivery') model.moveAll(m, 'out_for_delivery');
    if (action === 'deliver') model.moveAll(m, 'delivered');
  }
  if (action !== 'return_order' || model.owed(m) === 0) return;
  const amount = model.owed(m);
  const byLine = lastCredit(world, amount).parts.items.map((part) => ({ ...part, line: part.order_item_id }));
  const { shipping, goodwill } = lastCredit(world, amount).parts;
  m.credits.push({ kind: 'cancellation', amount, byLine, shipping, goodwill, isInvoiced: true });
};

/** Whether there is anything that the action could do in a status that allows it, and no hold that stops it. */
const mayAct = ({ m }: World, action: (typeof ACTIONS)[number]): boolean => {
  if (action === 'start_processing') return !m.isHeld;
  if (m.isHeld && model.isAnythingLeft(m) && ['ship', 'out_for_delivery', 'deliver'].includes(action)) return false;
  const isOpen = (...statuses: readonly string[]) => m.shipments.some(({ status }) => statuses.includes(status));
  if (action === 'return_order') return model.balance(m) <= 0;
  if (action === 'out_for_delivery') return model.isAnythingLeft(m) || isOpen('shipped', 'failed');
  return action !== 'deliver' || model.isAnythingLeft(m) || m.shipments.some(model.isOpen);
};

/** The credit the order has just booked, over this amount. */
const lastCredit = ({ lived }: World, amount: number) => {
  const credit = lived.order().credits.at(-1);
  assert.ok(credit);
  assert.is(credit.amount, amount);
  return credit;
};

/** What particular units gave, if anything: a credit, of which what is overpaid is allocated. */
const creditUnits = (world: World, credit: model.ModelCredit | null): void => {
  if (credit === null) return;
  const { m } = world;
  const pays = model.paysOf(m, credit.amount);
  assert.is(lastCredit(world, credit.amount).pays, pays);
  const split = model.splitOver(m, pays);
  m.credits.push(credit);
  allocate(world, split, { kind: credit.kind });
};

const UNTIL_RECEIVED = ['approved', 'pickup_scheduled', 'in_transit'];
const RETURN_STEPS: Readonly<Record<string, readonly [from: readonly string[], to: string]>> = {
  approve: [['initiated'], 'approved'],
  schedule_pickup: [['approved'], 'pickup_scheduled'],
  start_transit: [['pickup_scheduled'], 'in_transit'],
  receive: [UNTIL_RECEIVED, 'received'],
  process: [['received'], 'processed'],
  reject: [['initiated', 'approved'], 'rejected'],
  cancel: [['initiated', ...UNTIL_RECEIVED], 'cancelled'],
  not_sent: [UNTIL_RECEIVED, 'not_sent'],
};
const WALK = ['approve', 'schedule_pickup', 'start_transit', 'receive'] as const;
const ENDS = [
  ['reject', 'rejected'],
  ['cancel', 'cancelled'],
  ['not_sent', 'not_sent'],
] as const;

/** A step of the return itself. */
const walk = (
  world: World,
  one: model.ModelReturn,
  action: string,
  items?: readonly { order_item_id: string; accepted_quantity: number }[],
): boolean => {
  const [from, to] = RETURN_STEPS[action] ?? [[], ''];
  const fits = from.includes(one.step);
  const data = { action, items, reason: 'not as agreed' };
  if (!onReturn(world, one.id, { type: 'TakeReturnAction', data, at: NOON, by: ADMIN }, fits)) return false;
  one.step = to;
  return true;
};

/** Processes a return for another order. */
const exchange = (
  world: World,
  one: model.ModelReturn,
  items: readonly { order_item_id: string; accepted_quantity: number }[],
): void => {
  const { lines } = world.lived.order();
  const exchanged = { order_id: 'o-2', order_number: 'ORD-2', tax_rate: '0.1', shipping_cost: 0, lines };
  const data = { items, exchanged: { ...exchanged, personal: { line_meta_data: {} } } };
  onReturn(world, one.id, { type: 'ExchangeReturn', data, at: NOON, by: ADMIN }, one.step === 'received');
  one.step = 'processed';
};

export const tries: Readonly<Record<Attempt['kind'], (world: World, attempt: Attempt) => void>> = {
  act: (world, { a }) => act(world, ACTIONS[a % ACTIONS.length] ?? 'confirm'),
  advance: (world) => {
    const next = (['confirm', 'start_processing', 'ship', 'deliver'] as const).find(
      (action) => STEPS[action]?.[0].includes(world.m.status) && mayAct(world, action),
    );
    if (next !== undefined) act(world, next);
  },
  modify: (world, { a, b, c }) => {
    const basket = [
      { unit_price: 1 + a, quantity: 1 + (b % 4), share: b % 101 },
      ...(c % 2 === 0 ? [{ unit_price: 1 + c, quantity: 1 + (c % 3), share: 0 }] : []),
    ];
    const lines = linesOf(basket, world.lived.facts().length);
    const command = { ...modify(lines), by: ADMIN };
    if (expecting(world, command, ['pending', 'confirmed'].includes(world.m.status))) world.takeLines();
  },
  add: (world, { a, b, c }) => {
    const lines = linesOf([{ unit_price: 1 + a, quantity: 1 + (b % 4), share: c % 101 }], world.lived.facts().length);
    const fits = ['pending', 'confirmed', 'processing'].includes(world.m.status);
    if (expecting(world, addItems(lines, ADMIN), fits)) world.takeLines();
  },
  ship: (world, { a, b, c }) => {
    const { m } = world;
    const quantities = m.lines.map((line, index) =>
      Math.min(((a >> index) + b) % 4, model.leftCount(line) + (c % 8 === 0 ? 1 : 0)),
    );
    const items = m.lines
      .map(({ id }, index) => ({ order_item_id: id, quantity: quantities[index] ?? 0 }))
      .filter(({ quantity }) => quantity > 0);
    if (items.length === 0) return;
    const fits =
      !m.isHeld &&
      ['processing', 'partially_shipped'].includes(m.status) &&
      m.lines.every((line, index) => (quantities[index] ?? 0) <= model.leftCount(line));
    if (expecting(world, ship(items), fits)) model.ship(m, shipmentId(m.shipments.length + 1), 'shipped', quantities);
  },
  move: (world, { a, b, c }) => {
    const { m } = world;
    const one = pick(m.shipments, a);
    if (one === undefined) return;
    // What waits for a resolution often gets one.
    const waiting = one.resolution === null && b % 2 === 0 && SHIPMENT_ACTIONS.find((action) => action === one.status);
    const action = waiting || (SHIPMENT_ACTIONS[b % SHIPMENT_ACTIONS.length] ?? 'deliver');
    const isEnd = action === 'lost' || action === 'returned_to_sender';
    const resolution = isEnd ? ([undefined, 'refund', 'resend'] as const)[c % 3] : undefined;
    const isResolved = one.status === action && one.resolution === null && isEnd;
    const from = { out_for_delivery: ['shipped', 'failed'], fail: ['shipped', 'out_for_delivery'] }[action as string];
    const fits = isResolved ? resolution !== undefined : model.isOpen(one) && (from?.includes(one.status) ?? true);
    if (!expecting(world, move(one.id, action, { resolution }), fits)) return;
    const status = { deliver: 'delivered', fail: 'failed' }[action as string] ?? action;
    creditUnits(world, model.move(m, one, { status, resolution: resolution ?? null }));
  },
  cut: (world, { a, b, c }) => {
    const { m } = world;
    const quantities = m.lines.map((line, index) =>
      Math.min(((a >> index) + b) % 3, model.leftCount(line) + (c % 8 === 0 ? 1 : 0)),
    );
    const items = m.lines
      .map(({ id }, index) => ({ order_item_id: id, quantity: quantities[index] ?? 0 }))
      .filter(({ quantity }) => quantity > 0);
    if (items.length === 0) return;
    const fits =
      GOODS_TO_SEND.includes(m.status) &&
      m.lines.every((line, index) => (quantities[index] ?? 0) <= model.leftCount(line));
    if (expecting(world, cancelItems(items), fits)) creditUnits(world, model.cancel(m, quantities));
  },
  hold: (world, { a }) => {
    const { m } = world;
    const isHold = a % 3 === 0;
    const fits = isHold ? !m.isHeld && GOODS_TO_SEND.includes(m.status) : m.isHeld;
    if (expecting(world, isHold ? hold() : releaseHold(), fits)) m.isHeld = isHold;
  },
  pay: (world, { a, b, c }) => {
    const { m } = world;
    const id = `p-${m.payments.length + 1}`;
    const amount = b % 3 === 0 ? model.due(m) + (b % 2) : 1 + a;
    if (amount === 0) return;
    const isReceipt = c % 5 === 0;
    const method = isReceipt ? 'other' : 'credit_card';
    const fits = isReceipt || model.inFlight(m) + amount <= model.due(m);
    const command = { ...startPayment(id, amount), data: { payment_id: id, amount, method } } as const;
    if (!expecting(world, command, fits)) return;
    m.payments.push({ id, amount, status: 'in_flight', isReceipt });
    const data = {
      payment_number: id,
      order_id: 'o-1',
      customer_id: 'c-1',
      method,
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
    const { id, amount, isReceipt } = payment;
    payment.status = b % 5 === 0 ? 'failed' : 'captured';
    if (payment.status === 'captured') {
      const method = isReceipt ? 'other' : 'credit_card';
      onPayment(world, id, { type: 'CompletePayment', data: { transaction_id: null }, ...now });
      expecting(world, { ...recordCapture(id, amount), data: { payment_id: id, amount, method } }, true);
    } else {
      onPayment(world, id, { type: 'DeclinePayment', data: { failure_reason: 'declined' }, ...now });
      expecting(world, recordPaymentFailure(id), true);
    }
  },
  overpaid: (world) => {
    const { m } = world;
    expecting(world, refundOverpaid, true);
    const kind = m.status === 'cancelled' ? 'cancellation' : 'overpaid';
    allocate(world, model.splitOver(m, model.payable(m)), { kind });
  },
  hand: (world, { a, b, c }) => {
    const { m } = world;
    const payment = pick(m.payments, a);
    if (payment === undefined) return;
    const left = model.leftOf(m, payment);
    const amount = b % 3 === 0 ? left : 1 + (b % (left + 2));
    const credit = c % 3 === 0 ? c % 2 === 0 : undefined;
    if (!expecting(world, refundByHand(payment.id, amount, { credit }), amount > 0 && amount <= left)) return;
    const rest = Math.max(0, amount - Math.max(model.overpaid(m), model.sumOf(m, ['failed'])));
    const isCredited = (credit ?? m.invoice !== null) && rest > 0;
    const covered = amount - rest;
    const pays = isCredited ? Math.max(0, Math.min(rest, model.balance(m) - covered - model.owed(m) + rest)) : rest;
    if (isCredited) {
      const isInvoiced = m.invoice !== null;
      m.credits.push({ kind: 'goodwill', amount: rest, byLine: [], shipping: 0, goodwill: rest, isInvoiced });
    }
    const parts = servedBy(m, payment.id, covered + pays);
    const served = parts.map(({ amount: part }) => part).reduce((sum, part) => sum + part, 0);
    for (const part of parts) part.one.amount -= part.amount;
    for (const holder of new Set([null, ...parts.map(({ one }) => one.holder)])) {
      const own = parts.filter(({ one }) => one.holder === holder);
      const sum = own.reduce((total, part) => total + part.amount, holder === null ? covered + pays - served : 0);
      if (sum === 0) continue;
      const isRest = holder === null && pays > 0;
      const kind = isRest ? (isCredited ? 'goodwill' : 'money') : (own[0]?.one.kind ?? 'overpaid');
      const replaces = own.filter(({ one }) => one.amount === 0).map(({ one }) => one.id);
      allocate(world, [{ payment, amount: sum }], { kind, holder, replaces, isByHand: true });
      closeIfPaid(world, holder);
    }
  },
  credit: (world, { a, b, c }) => {
    const { m } = world;
    const items = m.lines
      .filter((_, index) => ((a >> index) & 1) === 1)
      .map(({ id }) => ({
        order_item_id: id,
        ...(b % 3 === 0 && { amount: 1 + (a % 300) }),
        ...(b % 3 === 1 && { quantity: 1 + (b % 3) }),
      }));
    const shipping = c % 3 === 0 ? undefined : c % 3 === 1 ? 1 + (c % 250) : 0;
    const goodwill = b % 2 === 0 ? 1 + (b % 400) : undefined;
    const wanted = wantedParts(m, items, shipping ?? 0, goodwill ?? 0);
    const isExplicit = items.some(({ amount }) => amount !== undefined) || c % 3 !== 0 || goodwill !== undefined;
    const parts = wanted === null ? null : capped(m, wanted, isExplicit);
    if (!expecting(world, refundOrder({ items, shipping, goodwill }), parts !== null) || parts === null) return;
    const pays = model.paysOf(m, parts.amount);
    const kind = parts.byLine.length > 0 ? 'line' : parts.shipping > 0 ? 'shipping' : 'goodwill';
    assert.is(lastCredit(world, parts.amount).pays, pays);
    const split = model.splitOver(m, pays);
    m.credits.push({ ...parts, kind, isInvoiced: m.invoice !== null });
    allocate(world, split, { kind, isByHand: true });
  },
  resolve: (world, { a, b, c }) => {
    const { m } = world;
    const isOpenOrAny = ({ status }: model.ModelRefund) => status === 'failed' || status === 'pending' || a % 4 === 0;
    const one = pick(m.refunds.filter(isOpenOrAny), a);
    if (one === undefined) return;
    const isIdle = one.status === 'failed' && model.overpaid(m) === 0;
    const ways = ['retry', 'bank_transfer', 'other_payment', 'withdraw'] as const;
    const method = isIdle && c % 2 === 0 ? 'withdraw' : (ways[b % 4] ?? 'retry');
    const payment = method === 'other_payment' ? pick(m.payments, c) : m.payments.find(({ id }) => id === one.payment);
    if (payment === undefined) return;
    const isWaiting = one.status === 'pending' && one.byPeople;
    const isOpen = one.status === 'failed' || isWaiting;
    const over = Math.max(0, model.balance(m) + (isWaiting ? one.amount : 0) - model.owed(m));
    const here = model.balance(m) + (isWaiting ? one.amount : 0);
    const amount = Math.min(one.amount, one.kind === 'money' ? here : over);
    const left = model.leftOf(m, payment, [one.id]);
    const fits = {
      retry: one.status === 'failed' && amount > 0 && amount <= left,
      other_payment: amount > 0 && amount <= left,
      bank_transfer: amount > 0,
      withdraw: over === 0,
    }[method];
    const command = resolveRefund(one.id, method, { payment_id: payment.id });
    if (!expecting(world, command, isOpen && fits)) return;
    if (method === 'retry' || method === 'other_payment') {
      const { kind, holder } = one;
      allocate(world, [{ payment, amount }], { kind, holder, replaces: [one.id] });
      return;
    }
    if (method === 'bank_transfer' && amount > left) {
      const { kind, holder } = one;
      const split = model.splitOver(m, amount, [one.id]);
      allocate(world, split, { kind, holder, replaces: [one.id], isByHand: true, isPaidByPeople: true });
      closeIfPaid(world, holder);
      return;
    }
    one.status = method === 'withdraw' ? 'dropped' : 'gone';
    if (method === 'bank_transfer') {
      one.amount = amount;
      onPayment(world, one.payment, { type: 'PayOutRefund', data: { refund_id: one.id, amount, method }, ...now });
    } else if (isWaiting) {
      onPayment(world, one.payment, { type: 'ReleaseRefund', data: { refund_id: one.id }, ...now });
    }
    closeIfPaid(world, one.holder);
  },
  open: (world, { a, b, c }) => {
    const { m } = world;
    const id = `r-${m.returns.length + 1}`;
    const quantities = m.lines.map((line, index) => (c % 2 === 0 ? model.freeCount(m, line) : ((a >> index) + b) % 4));
    const items = m.lines
      .map(({ id: line }, index) => item(line, quantities[index] ?? 0))
      .filter((x) => x.quantity > 0);
    if (items.length === 0) return;
    const fits =
      RETURNABLE.includes(m.status) &&
      m.lines.every((line, index) => (quantities[index] ?? 0) <= model.freeCount(m, line));
    const isFault = b % 4 !== 0;
    const command = openReturn(id, { items, reason: isFault ? 'damaged' : 'change_of_mind' });
    if (!expecting(world, command, fits)) return;
    model.open(m, id, quantities, isFault);
    const opened = world.lived.facts().at(-1);
    assert.ok(opened?.type === 'ReturnOpened');
    const data = initiationOf(opened.data, world.lived.order(), 'o-1');
    onReturn(world, id, { type: 'InitiateReturn', data, ...now }, true);
  },
  walk: (world, { a, b }) => {
    const one = pick(world.m.returns, a);
    if (one !== undefined) walk(world, one, WALK[b % WALK.length] ?? 'approve');
  },
  close: (world, { a, b }) => {
    const one = pick(world.m.returns, a);
    if (one === undefined) return;
    const [action, outcome] = ENDS[b % ENDS.length] ?? ENDS[0];
    const isEnded = walk(world, one, action);
    if (!isEnded && one.status === 'open') return;
    // Told once more, or after it was settled, it changes nothing.
    expecting(world, { type: 'CloseReturn', data: { return_id: one.id, outcome }, ...now }, true);
    if (isEnded) model.close(world.m, one, false);
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
    const review = c % 3 === 0 ? 1 + a : null;
    const fee = c % 4 === 0 ? b : 0;
    model.settle(m, one, { accepted, review, fee });
    const byLine = Object.fromEntries(m.lines.map(({ id }, index) => [id, accepted[index] ?? 0]));
    const isExchange = c % 7 === 0;
    // Some steps are skipped where life skips them.
    for (const action of WALK.filter((_, nth) => nth === 0 || ((a >> nth) & 1) === 1)) {
      if (one.step !== 'received' && RETURN_STEPS[action]?.[0].includes(one.step)) walk(world, one, action);
    }
    if (one.step !== 'received') walk(world, one, 'receive');
    const items = m.lines
      .map(({ id }, index) => ({ order_item_id: id, accepted_quantity: accepted[index] ?? 0 }))
      .filter((_, index) => (held[index] ?? 0) > 0);
    if (isExchange) exchange(world, one, items);
    else walk(world, one, 'process', items);
    const how = isExchange ? ({ refund_method: 'store_credit', refunds_at_once: true } as const) : {};
    expecting(world, settleReturn(one.id, byLine, { reviewed_amount: review, restocking_fee: fee, ...how }), true);
    const settlement = world.lived.order().returns.find(({ return_id }) => return_id === one.id)?.settlement;
    assert.is(settlement?.amount, one.amount, 'settled amount');
    assert.is(settlement?.pays, one.pays, 'what of it goes back');
    if (one.pays === 0) model.close(m, one, true);
    else if (world.autoRefundReturns || isExchange)
      allocate(world, model.splitOver(m, one.pays), { kind: 'return', holder: one.id, isStoreCredit: isExchange });
  },
  refund: (world, { a }) => {
    const { m } = world;
    const one = pick(m.returns, a);
    if (one === undefined) return;
    const isOf = ({ holder }: model.ModelRefund) => holder === one.id;
    const isGoing = model.sumOf(m, ['pending'], isOf) > 0;
    if (!expecting(world, refundReturn(one.id), one.status === 'closed' || (one.status === 'settled' && !isGoing)))
      return;
    if (one.status === 'closed') return;
    const wanted = Math.min(model.claim(m, one) + model.sumOf(m, ['failed'], isOf), model.overpaid(m));
    const replaces = m.refunds.filter((refund) => isOf(refund) && refund.status === 'failed').map(({ id }) => id);
    const split = model.splitOver(m, wanted, replaces);
    if (split.length > 0) {
      allocate(world, split, { kind: 'return', holder: one.id, replaces });
      return;
    }
    for (const refund of m.refunds.filter(({ id }) => replaces.includes(id))) refund.status = 'dropped';
    model.close(m, one, true);
  },
  refunded: (world, { a, b }) => {
    const { m } = world;
    const one = pick(
      m.refunds.filter(({ status, byPeople }) => status === 'pending' && !byPeople),
      a,
    );
    if (one === undefined) return;
    const known = world.lived.order().refunds.find(({ refund_id }) => refund_id === one.id);
    assert.ok(known);
    const { refund_id, payment_id, amount, method, kind, return_id } = known;
    const data = { refund_id, payment_id, amount, method, kind, return_id };
    const failure_reason = 'declined';
    one.status = b % 4 === 0 ? 'failed' : 'gone';
    if (one.status === 'failed') {
      onPayment(world, payment_id, { type: 'DeclineRefund', data: { refund_id, failure_reason }, ...now });
      expecting(world, { type: 'RecordRefundFailure', data, ...now }, true);
      return;
    }
    onPayment(world, payment_id, { type: 'CompleteRefund', data: { refund_id }, ...now });
    expecting(world, { type: 'RecordRefund', data, ...now }, true);
    closeIfPaid(world, one.holder);
  },
};

/** The failed refunds that an amount by hand goes for, with how much: one of a return's that is as much comes first. */
const servedBy = (m: model.Model, payment: string, amount: number) => {
  const failed = m.refunds.filter(({ status }) => status === 'failed');
  const isExact = (one: model.ModelRefund) => one.holder !== null && one.amount === amount;
  const ordered = [
    ...failed.filter(isExact),
    ...failed.filter((one) => !isExact(one) && one.payment === payment),
    ...failed.filter((one) => !isExact(one) && one.payment !== payment),
  ];
  let left = amount;
  return ordered.flatMap((one) => {
    const part = Math.min(left, one.amount);
    left -= part;
    return part === 0 ? [] : [{ one, amount: part }];
  });
};

type Parts = Pick<model.ModelCredit, 'amount' | 'byLine' | 'shipping' | 'goodwill'>;
type Item = { order_item_id: string; quantity?: number; amount?: number };

/** What a request for a credit asks for; null where it asks for more than there is of something. */
const wantedParts = (m: model.Model, items: readonly Item[], shipping: number, goodwill: number): Parts | null => {
  const byLine: model.ModelCredit['byLine'] = [];
  for (const { order_item_id, quantity, amount } of items) {
    const line = m.lines.find(({ id }) => id === order_item_id);
    if (line === undefined) return null;
    const left = Math.max(0, model.leftOfLine(m, line));
    if (quantity !== undefined && quantity > model.soldCount(line) - model.creditedUnits(m, line.id)) return null;
    if (amount !== undefined && amount > left) return null;
    const worth = amount ?? (quantity === undefined ? left : Math.min(left, model.agreed(m, line, quantity)));
    if (worth > 0) byLine.push({ line: order_item_id, quantity: quantity ?? 0, amount: worth });
  }
  const rest = model.leftOfShipping(m);
  if (shipping > rest) return null;
  return { byLine, shipping, goodwill, amount: byLine.reduce((sum, one) => sum + one.amount, shipping + goodwill) };
};

/** A default is capped at what is owed; an amount that was said and does not fit is rejected. */
const capped = (m: model.Model, wanted: Parts, isExplicit: boolean): Parts | null => {
  const owed = model.owed(m);
  if (wanted.amount > owed && isExplicit) return null;
  let left = owed;
  const take = (amount: number): number => {
    const part = Math.min(amount, left);
    left -= part;
    return part;
  };
  const byLine = wanted.byLine.map((one) => ({ ...one, amount: take(one.amount) })).filter(({ amount }) => amount > 0);
  const shipping = take(wanted.shipping);
  const goodwill = take(wanted.goodwill);
  const amount = owed - left;
  return amount === 0 ? null : { byLine, shipping, goodwill, amount };
};
