import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  finalPrice,
  type OrderCommand,
  type OrderLine,
} from '../../../src/domain/order/index.ts';
import { paymentDecider, type PaymentCommand, type PaymentState } from '../../../src/domain/payment/index.ts';
import { returnDecider, type ReturnCommand, type ReturnState } from '../../../src/domain/return/index.ts';
import { NOON, SYSTEM } from '../../support/decider-spec.ts';
import { mug, place } from '../../support/order-commands.ts';
import { runOrder } from '../../support/order-run.ts';
import * as model from './reference-model.ts';

export type Basket = readonly { unit_price: number; quantity: number; share: number }[];

/** `made`: how many changes were made before, so that no two lines have one id. */
export const linesOf = (wanted: Basket, made = 0) =>
  wanted.map(({ share, ...one }, index) =>
    mug({
      ...one,
      id: `line-${made === 0 ? '' : `${made}-`}${index}`,
      discount: Math.floor((one.unit_price * one.quantity * share) / 100),
    }),
  );

const priceOfRemoved = ({ unit_price, removed }: OrderLine): number =>
  removed === undefined ? 0 : unit_price * removed.quantity - removed.discount + removed.tax;

/** Units that were cancelled stay so where lines are added to theirs. */
const unitsOf = ({ id, quantity, removed }: OrderLine, { lines }: model.Model): model.Unit[] => {
  const known = removed === undefined ? undefined : lines.find((line) => line.id === id)?.units;
  return (
    known ?? Array.from({ length: quantity }, () => ({ holder: null, isFault: false, shipment: null, cancelled: null }))
  );
};

export const setUp = (wanted: Basket, autoRefundReturns: boolean, currency = 'EUR') => {
  const lived = runOrder(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, autoRefundReturns }));
  lived.does(place({ currency, lines: linesOf(wanted), shipping_cost: 199 }));
  const m: model.Model = {
    status: 'pending',
    isHeld: false,
    shipping: 199,
    lines: [],
    payments: [],
    refunds: [],
    credits: [],
    returns: [],
    shipments: [],
    invoice: null,
  };
  const takeLines = () =>
    model.replaceLines(
      m,
      lived.order().lines.map((line) => ({
        id: line.id,
        ordered: finalPrice(line) + priceOfRemoved(line),
        price: finalPrice(line),
        units: unitsOf(line, m),
      })),
    );
  takeLines();
  return {
    lived,
    m,
    takeLines,
    autoRefundReturns,
    payments: new Map<string, PaymentState>(),
    returns: new Map<string, ReturnState>(),
  };
};
export type World = ReturnType<typeof setUp>;

/** The payment's own stream must agree with everything the order decided. */
export const onPayment = ({ payments }: World, id: string, ...commands: readonly PaymentCommand[]): void => {
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
/** Sends a command to the return's own stream and says whether it was accepted, which must be so if it is `expected`. */
export const onReturn = ({ returns }: World, id: string, command: ReturnCommand, expected: boolean): boolean => {
  const state = returns.get(id) ?? returnDecider.initialState;
  const decision = returnDecider.decide(command, state);
  assert.is('accepted' in decision, expected, `${JSON.stringify(command)} on ${id}: ${JSON.stringify(decision)}`);
  if (!('accepted' in decision)) return false;
  returns.set(
    id,
    decision.accepted.reduce((s, event) => returnDecider.evolve(s, { ...event, at: NOON, by: SYSTEM }), state),
  );
  return true;
};
export const now = { at: NOON, by: SYSTEM };
export const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];

/** Sends a command to the order and says whether it was accepted, which the model must have foretold. */
export const expecting = ({ lived }: World, command: OrderCommand, accepted: boolean): boolean => {
  const outcome = lived.send(command);
  assert.is(!('rejected' in outcome), accepted, `${JSON.stringify(command)} → ${JSON.stringify(outcome)}`);
  return accepted;
};

type Allocating = {
  readonly kind: string;
  readonly holder?: string | null;
  readonly replaces?: readonly string[];
  /** By hand: what people pay out is gone with it. */
  readonly isByHand?: boolean;
  /** Whatever it was paid by. */
  readonly isPaidByPeople?: boolean;
  readonly isStoreCredit?: boolean;
};

/** What the model says is to be given back, as the order must have allocated it. */
export const allocate = (
  world: World,
  parts: readonly { readonly payment: model.ModelPayment; readonly amount: number }[],
  { kind, holder = null, replaces = [], isByHand = false, isPaidByPeople = false, isStoreCredit = false }: Allocating,
): void => {
  const { lived, m } = world;
  for (const one of m.refunds.filter(({ id }) => replaces.includes(id))) {
    if (one.status === 'pending') {
      onPayment(world, one.payment, { type: 'ReleaseRefund', data: { refund_id: one.id }, ...now });
    }
    one.status = 'dropped';
  }
  for (const { payment, amount } of parts) {
    const allocated = lived.order().refunds[m.refunds.length];
    assert.equal([allocated?.payment_id, allocated?.amount, allocated?.kind], [payment.id, amount, kind]);
    if (allocated === undefined) continue;
    const { refund_id, method, return_id } = allocated;
    assert.is(return_id, holder);
    const byPeople = !isStoreCredit && (payment.isReceipt || isPaidByPeople);
    assert.is(method, isStoreCredit ? 'store_credit' : byPeople ? 'bank_transfer' : 'original_payment');
    const isGone = byPeople && isByHand;
    const status = isGone ? 'gone' : 'pending';
    m.refunds.push({ id: refund_id, payment: payment.id, amount, status, byPeople, kind, holder });
    onPayment(world, payment.id, {
      type: 'RequestRefund',
      data: { refund_id, amount, method, kind: allocated.kind, return_id },
      ...now,
    });
    if (isGone) onPayment(world, payment.id, { type: 'PayOutRefund', data: { refund_id, amount, method }, ...now });
  }
};

/** A return has ended when all that was to go back has gone, or was given up. */
export const closeIfPaid = ({ m }: World, holder: string | null): void => {
  const one = m.returns.find(({ id }) => id === holder);
  if (one?.status !== 'settled') return;
  const own = m.refunds.filter((refund) => refund.holder === one.id);
  if (own.length > 0 && own.every(({ status }) => status === 'gone' || status === 'dropped')) model.close(m, one, true);
};
