import type { MoneyPolicies } from '../commands/money-policies.ts';
import type { ReturnPolicies } from '../commands/return-policies.ts';
import { chargePayment } from './tasks/charge-payment.ts';
import { followMoneyTasks, type DropJob } from './tasks/follow-money.ts';
import { followReturnsTasks } from './tasks/follow-returns.ts';
import { refundPayment } from './tasks/refund-payment.ts';
import type { Task } from './task.ts';

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
