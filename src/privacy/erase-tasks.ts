import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import { defineTask } from '../jobs/task.ts';
import { addJobsSql } from '../jobs/queue.ts';
import { eraseCustomer, type EraseDeps } from './erase-customer.ts';

/** Erases a customer, or goes on with it. */
export const eraseCustomerTask = defineTask({
  name: 'erase-customer',
  payload: Type.Object({ erasure: Type.String() }),
  about: ({ erasure }) => erasure,
  run: ({ erasure }, deps: { readonly erasing: EraseDeps }) => eraseCustomer(deps.erasing, erasure),
});

/** Asks for these erasures to be carried out, in the caller's transaction. */
export const enqueueErasures = async (sql: Knex, ids: readonly string[]): Promise<void> => {
  const jobs = addJobsSql(ids.map((erasure) => eraseCustomerTask.job({ erasure })));
  await sql.raw(`select ${jobs.sql}`, [...jobs.bindings]);
};

/**
 * Every hour and when a worker starts: what was erased stays erased, and documents that need to be kept no longer are
 * destroyed.
 */
export const checkErasuresTask = defineTask({
  name: 'check-erasures',
  payload: Type.Object({}),
  run: (_, { keepErased }: { readonly keepErased: () => Promise<void> }) => keepErased(),
});

/** Erasures that wait for open business, and those whose job was given up, are looked at again. */
export const settleErasuresTask = defineTask({
  name: 'settle-erasures',
  payload: Type.Object({}),
  run: async (_, { db, erasing }: { readonly db: Knex; readonly erasing: Pick<EraseDeps, 'erasures'> }) => {
    const ids = await erasing.erasures.unfinished();
    await enqueueErasures(db, ids);
  },
});
