import { closeDaysTask, publishHeadTask, verifyLogTask, witnessHeadTask } from '../audit/index.ts';
import { notifyCustomers } from '../notifications/index.ts';
import { checkErasuresTask, eraseCustomerTask, settleErasuresTask } from '../privacy/index.ts';
import { webhookTasks } from '../webhooks/index.ts';
import { backfillDocumentsTask } from './backfilling.ts';
import { clearCart } from './carts.ts';
import { charging } from './charging.ts';
import { invoicing } from './invoicing.ts';
import { refunding } from './refunding.ts';
import { returns } from './returns.ts';
import { scheduling } from './scheduling.ts';
import { reportStatistics } from './statistics.ts';
import { expireReservations, settleStock } from './stock.ts';
import { upkeep } from './upkeep.ts';
import type { DepsOf, PayloadsOf } from '../jobs/task.ts';

/**
 * Everything that a worker does, said once: its tasks, the events that its processes follow, what both need, and which
 * jobs compile are read from this list.
 */
export const declarations = [
  ...invoicing,
  ...charging,
  ...refunding,
  ...returns,
  clearCart,
  settleStock,
  expireReservations,
  reportStatistics,
  notifyCustomers,
  ...scheduling,
  backfillDocumentsTask,
  ...upkeep,
  ...webhookTasks,
  verifyLogTask,
  closeDaysTask,
  publishHeadTask,
  witnessHeadTask,
  eraseCustomerTask,
  settleErasuresTask,
  checkErasuresTask,
] as const;

/** What a worker needs for all of it. */
export type WorkerDeps = DepsOf<typeof declarations>;

type Payloads = PayloadsOf<typeof declarations>;

declare module '../jobs/queue.ts' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- what it adds is what it extends
  interface TaskPayloads extends Payloads {}
}
