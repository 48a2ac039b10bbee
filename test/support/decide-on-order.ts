import { randomUUID } from 'node:crypto';
import { wasRejected } from '../../src/commands/handle.ts';
import { orderIds } from '../../src/commands/orders.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  type OrderCommand,
  type RefundOrder,
} from '../../src/domain/order/index.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import type { Core } from './core.ts';
import { recordRefundFailure } from './order-money.ts';
import { context } from './orders.ts';
import { readOrder } from './reconcile.ts';

const decider = createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds);

/** Lets an order decide what processes tell it of its payments, without payments. Nothing may be rejected. */
export const decideOnOrder = async ({ handle }: Core, id: string, ...commands: readonly OrderCommand[]) => {
  let position = 0n;
  for (const command of commands) {
    const request = { stream: orderStream(id), command, context: context({ command_id: randomUUID() }) };
    const outcome = await handle(decider, request);
    if (wasRejected(outcome)) throw new Error(`${command.type} was rejected: ${outcome.rejection.rejected}`);
    position = outcome.position;
  }
  return position;
};

/** The gateway rejects every refund of an order that is on its way. */
export const failRefunds = async (core: Core, id: string): Promise<bigint> => {
  const { refunds } = await readOrder(core, id);
  const failures = refunds
    .filter(({ status }) => status === 'pending')
    .map(({ refund_id, payment_id, amount, method, kind, return_id }) =>
      recordRefundFailure({ refund_id, payment_id, amount, method }, kind, return_id),
    );
  if (failures.length === 0) throw new Error(`no refund of order ${id} is pending`);
  return decideOnOrder(core, id, ...failures);
};

/** Gives up a part of what was agreed, by an admin's word; answers the credit's id. It must be possible. */
export const creditOrder = async (core: Core, id: string, data: Partial<RefundOrder['data']>): Promise<string> => {
  const { at, actor: by } = context();
  await decideOnOrder(core, id, { type: 'RefundOrder', data: { reason_category: 'other', ...data }, at, by });
  const credit = (await readOrder(core, id)).credits.at(-1);
  if (credit === undefined) throw new Error('an order that was credited has a credit');
  return credit.credit_id;
};
