import type { MoneyPolicies } from '../../commands/payment-process.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { policyTask, type PolicyDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';

/** Takes away the job that was to get an outcome, where an admin has settled it: a parked one would stay for ever. */
export type DropJob = (key: string) => Promise<void>;

/** What follows from money in motion, in the log alone: no gateway is asked here. */
export const followMoneyTasks = (
  policies: MoneyPolicies,
  { dropJob, ...deps }: PolicyDeps & { readonly dropJob: DropJob },
): readonly Task[] => [
  policyTask(deps, { name: 'start-payment-processing', of: ['PaymentStarted'] }, policies.startProcessing),
  policyTask(
    deps,
    { name: 'record-payment-outcome', of: ['PaymentCompleted', 'PaymentDeclined', 'PaymentCancelled'] },
    async (cause, at) => {
      await policies.recordOutcome(cause, at);
      await dropJob(`charge-payment:${streamId(cause.stream)}`);
    },
  ),
  policyTask(
    deps,
    { name: 'confirm-paid-order', of: ['PaymentCaptured', 'OrderItemsModified', 'OrderReleased'] },
    policies.confirmPaid,
  ),
  policyTask(
    deps,
    { name: 'refund-excess', of: ['PaymentCaptured', 'OrderItemsModified', 'OrderCancelled'] },
    policies.refundExcess,
  ),
  policyTask(deps, { name: 'request-refunds', of: ['RefundAllocated'] }, policies.requestRefunds),
  policyTask(deps, { name: 'record-refund-outcome', of: ['RefundCompleted', 'RefundDeclined'] }, async (cause, at) => {
    await policies.recordRefundOutcome(cause, at);
    await dropJob(`refund-payment:${cause.fact.data.refund_id}`);
  }),
];
