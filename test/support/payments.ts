import { randomUUID } from 'node:crypto';
import { wasRejected } from '../../src/commands/handle.ts';
import type { Caller } from '../../src/commands/orders.ts';
import type { CreatePaymentInput } from '../../src/commands/payments.ts';
import type { OpenReturnInput } from '../../src/commands/returns.ts';
import type { TakeReturnAction } from '../../src/domain/return/index.ts';
import type { Actor } from '../../src/domain/shared/decider.ts';
import type { Core } from './core.ts';
import { context } from './orders.ts';

export const byAdmin = (command_id: string = randomUUID(), repeatable = false): Caller => ({
  context: context({ command_id }),
  repeatable,
});
export const by = (actor: Actor): Caller => ({ context: context({ actor }), repeatable: false });

const nothing = {
  reason_description: null,
  return_address: null,
  notes: null,
  meta_data: null,
  conditions: {},
};

export const paymentInput = (order_id: string, changes: Partial<CreatePaymentInput> = {}): CreatePaymentInput => ({
  order_id,
  method: 'credit_card',
  amount: 1_000,
  transaction_id: null,
  payment_token: null,
  personal: { notes: null, meta_data: null },
  ...changes,
});

/** Creates a payment; it must be possible. */
export const createPayment = async (
  { payments }: Core,
  order_id: string,
  changes: Partial<CreatePaymentInput> = {},
): Promise<string> => {
  const outcome = await payments.create(paymentInput(order_id, changes), byAdmin());
  if (wasRejected(outcome)) throw new Error(`the payment was rejected: ${outcome.rejection.rejected}`);
  return outcome.id;
};

/** Creates a payment and starts it; both must be possible. */
export const startPayment = async (
  core: Core,
  order_id: string,
  changes: Partial<CreatePaymentInput> = {},
): Promise<string> => {
  const id = await createPayment(core, order_id, changes);
  const outcome = await core.payments.process({ ...byAdmin(), id });
  if (wasRejected(outcome)) throw new Error(`processing was rejected: ${outcome.rejection.rejected}`);
  return id;
};

export const returnInput = (order_id: string, changes: Partial<OpenReturnInput> = {}): OpenReturnInput => ({
  order_id,
  reason: 'other',
  items: null,
  force: false,
  personal: nothing,
  ...changes,
});

/** Opens a return; it must be possible. */
export const openReturn = async (
  { returns }: Core,
  order_id: string,
  changes: Partial<OpenReturnInput> = {},
): Promise<string> => {
  const outcome = await returns.open(returnInput(order_id, changes), byAdmin());
  if (wasRejected(outcome)) throw new Error(`the return was rejected: ${outcome.rejection.rejected}`);
  return outcome.id;
};

/** Takes actions on a return one after the other; every one must be possible. */
export const takeReturnActions = async (
  { returns }: Core,
  id: string,
  actions: readonly (string | TakeReturnAction['data'])[],
): Promise<void> => {
  for (const asked of actions) {
    const data = typeof asked === 'string' ? { action: asked } : asked;
    const outcome = await returns.takeAction({ ...byAdmin(), id }, data);
    if (wasRejected(outcome)) throw new Error(`${data.action} was rejected: ${outcome.rejection.rejected}`);
  }
};

/** All the way to the inspection. */
export const TO_RECEIVED = ['approve', 'schedule_pickup', 'start_transit', 'receive'] as const;
