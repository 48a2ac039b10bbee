import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  finalPrice,
  type OrderCommand,
} from '../../../src/domain/order/index.ts';
import { paymentDecider, type PaymentCommand, type PaymentState } from '../../../src/domain/payment/index.ts';
import { NOON, SYSTEM } from '../../support/decider-spec.ts';
import { mug, place } from '../../support/order-commands.ts';
import { timeline } from '../../support/timeline.ts';
import * as model from './reference-model.ts';

export type Basket = readonly { unit_price: number; quantity: number; share: number }[];

export const linesOf = (wanted: Basket) =>
  wanted.map(({ share, ...one }, index) =>
    mug({ ...one, id: `line-${index}`, discount: Math.floor((one.unit_price * one.quantity * share) / 100) }),
  );

export const setUp = (wanted: Basket, autoRefundReturns: boolean) => {
  const lived = timeline(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, autoRefundReturns }));
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
export const now = { at: NOON, by: SYSTEM };
export const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];

/** Sends a command to the order and says whether it was accepted, which the model must have foretold. */
export const expecting = ({ lived }: World, command: OrderCommand, accepted: boolean): boolean => {
  const outcome = lived.send(command);
  assert.is(!('rejected' in outcome), accepted, `${JSON.stringify(command)} → ${JSON.stringify(outcome)}`);
  return accepted;
};

/** What the model says is to be given back, as the order must have allocated it. */
export const allocate = (world: World, amount: number, cause: string, holder: string | null): void => {
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
