import type { MoneyPolicies } from '../../commands/money-policies.ts';
import { policyTask, type PolicyDeps } from '../policy-task.ts';
import type { Task } from '../task.ts';

/** What follows from money in motion, in the log alone: no gateway is asked here. */
export const followMoneyTasks = (policies: MoneyPolicies, deps: PolicyDeps): readonly Task[] => [
  policyTask(deps, { name: 'start-payment-processing', of: ['PaymentStarted'] }, policies.startProcessing),
  policyTask(
    deps,
    { name: 'record-payment-outcome', of: ['PaymentCompleted', 'PaymentDeclined', 'PaymentCancelled'] },
    policies.recordOutcome,
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
  policyTask(
    deps,
    { name: 'record-refund-outcome', of: ['RefundCompleted', 'RefundDeclined'] },
    policies.recordRefundOutcome,
  ),
];
