import { orderIds, wasRejected } from '../../src/commands/index.ts';
import { createOrderDecider, DEFAULT_ORDER_SETTINGS, type RefundOrder } from '../../src/domain/order/index.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import type { Core } from './core.ts';
import { context } from './orders.ts';
import { readOrder } from './reconcile.ts';

/** Gives up a part of what was agreed, by an admin's word; answers the credit's id. It must be possible. */
export const creditOrder = async (core: Core, id: string, data: Partial<RefundOrder['data']>): Promise<string> => {
  const { at, actor, ...rest } = context();
  const command: RefundOrder = { type: 'RefundOrder', data: { reason_category: 'other', ...data }, at, by: actor };
  const decider = createOrderDecider(DEFAULT_ORDER_SETTINGS, orderIds);
  const outcome = await core.handle(decider, {
    stream: orderStream(id),
    command,
    context: { at, actor, ...rest },
  });
  if (wasRejected(outcome)) throw new Error(`the credit was rejected: ${outcome.rejection.rejected}`);
  const credit = (await readOrder(core, id)).credits.at(-1);
  if (credit === undefined) throw new Error('an order that was credited has a credit');
  return credit.credit_id;
};
