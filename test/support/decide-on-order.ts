import { randomUUID } from 'node:crypto';
import { wasRejected } from '../../src/commands/handle.ts';
import { orderIds } from '../../src/commands/orders.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  orderFold,
  type OrderCommand,
} from '../../src/domain/order/index.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import type { Core } from './core.ts';
import { recordRefundFailure } from './order-money.ts';
import { context } from './orders.ts';

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
  const found = await core.readStream(orderFold, orderStream(id));
  const refunds = found !== undefined && isPlaced(found.state) ? found.state.refunds : [];
  const failures = refunds
    .filter(({ status }) => status === 'pending')
    .map(({ refund_id, payment_id, amount, method, kind, return_id }) =>
      recordRefundFailure({ refund_id, payment_id, amount, method }, kind, return_id),
    );
  if (failures.length === 0) throw new Error(`no refund of order ${id} is pending`);
  return decideOnOrder(core, id, ...failures);
};
