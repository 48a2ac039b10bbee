import type { PaymentProcess } from '../../commands/payment-process.ts';
import type { ReturnProcess } from '../../commands/return-process.ts';
import { chargePayment } from './charge-payment.ts';
import { followMoneyTasks, type DropJob } from './follow-money.ts';
import { followReturnsTasks } from '../returns/follow-returns-task.ts';
import { refundPayment } from './refund-payment.ts';
import type { Task } from '../../jobs/task.ts';

type Deps = Parameters<typeof chargePayment>[0] & {
  readonly paymentProcess: PaymentProcess;
  readonly returnProcess: ReturnProcess;
  readonly dropJob: DropJob;
};

/** Every task of payments, refunds and returns. */
export const moneyTasks = ({ paymentProcess, returnProcess, ...deps }: Deps): readonly Task[] => [
  chargePayment(deps),
  refundPayment(deps),
  ...followMoneyTasks(paymentProcess, deps),
  ...followReturnsTasks(returnProcess, deps),
];
