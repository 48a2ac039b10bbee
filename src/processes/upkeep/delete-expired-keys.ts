import { Type } from '@sinclair/typebox';
import { task, type Task } from '../../jobs/task.ts';

/** Forgets answers to idempotency keys that are past their hours. */
export const deleteExpiredKeys = (deleteExpired: () => Promise<number>): Task =>
  task('delete-expired-keys', Type.Object({}), async () => {
    await deleteExpired();
  });
