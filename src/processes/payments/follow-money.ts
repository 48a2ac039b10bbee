import type { PaymentProcess } from '../../commands/payment-process.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { processTask, type ProcessDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';

/** Takes away the job that was to get an outcome, where an admin has settled it: a parked one would stay for ever. */
export type DropJob = (key: string) => Promise<void>;

/** What follows from money in motion, in the log alone: no gateway is asked here. */
export const followMoneyTasks = (
  policies: PaymentProcess,
  { dropJob, ...deps }: ProcessDeps & { readonly dropJob: DropJob },
): readonly Task[] => [
  processTask(deps, { name: 'start-payment-processing', of: ['PaymentStarted'] }, policies.startProcessing),
  processTask(
    deps,
    { name: 'record-payment-outcome', of: ['PaymentCompleted', 'PaymentDeclined', 'PaymentCancelled'] },
    async (cause, at) => {
      await policies.recordOutcome(cause, at);
      await dropJob(`charge-payment:${streamId(cause.stream)}`);
    },
  ),
  processTask(
    deps,
    { name: 'confirm-paid-order', of: ['PaymentCaptured', 'OrderItemsModified', 'OrderReleased'] },
    policies.confirmPaid,
  ),
  processTask(
    deps,
    { name: 'refund-excess', of: ['PaymentCaptured', 'OrderItemsModified', 'OrderCancelled'] },
    policies.refundExcess,
  ),
  processTask(deps, { name: 'request-refunds', of: ['RefundAllocated'] }, policies.requestRefunds),
  processTask(deps, { name: 'record-refund-outcome', of: ['RefundCompleted', 'RefundDeclined'] }, async (cause, at) => {
    await policies.recordRefundOutcome(cause, at);
    await dropJob(`refund-payment:${cause.fact.data.refund_id}`);
  }),
];
