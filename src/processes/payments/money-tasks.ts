import type { MoneyPolicies } from '../../commands/payment-process.ts';
import type { ReturnPolicies } from '../../commands/return-process.ts';
import { chargePayment } from './charge-payment.ts';
import { followMoneyTasks, type DropJob } from './follow-money.ts';
import { followReturnsTasks } from '../returns/follow-returns-task.ts';
import { refundPayment } from './refund-payment.ts';
import type { Task } from '../../jobs/task.ts';

type Deps = Parameters<typeof chargePayment>[0] & {
  readonly moneyPolicies: MoneyPolicies;
  readonly returnPolicies: ReturnPolicies;
  readonly dropJob: DropJob;
};

/** Every task of payments, refunds and returns. */
export const moneyTasks = ({ moneyPolicies, returnPolicies, ...deps }: Deps): readonly Task[] => [
  chargePayment(deps),
  refundPayment(deps),
  ...followMoneyTasks(moneyPolicies, deps),
  ...followReturnsTasks(returnPolicies, deps),
];
