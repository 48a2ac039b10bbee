import type { Knex } from 'knex';
import { handleOrThrow, saidBy, type Handle } from '../commands/index.ts';
import { auditDecider } from '../domain/audit/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { auditStream } from '../event-store/stream-names.ts';
import { demandKeys } from '../platform/data-keys.ts';
import { orderIdsOfCustomer } from '../projections/orders/index.ts';
import { findStoreCreditIds } from '../projections/store-credit/index.ts';
import { booksSubjectsOf } from './erase-customer.ts';
import { waitForReadModels, type SurveyDeps } from './survey.ts';

/** What is known of a customer. `erased`: something was, and nothing since. */
export type Subject = {
  readonly state: 'known' | 'unknown' | 'erased';
  readonly order_ids: readonly string[];
  readonly store_credit_ids: readonly string[];
};

/** Each key that seals or sealed what is said about a customer. */
const keysForLife = async (db: Knex, customer_id: string): Promise<readonly { readonly is_live: boolean }[]> => {
  const { rows } = await db.raw<{ rows: readonly { readonly is_live: boolean }[] }>(
    'select wrapped is not null as is_live from data_keys where subject = ?',
    [`life-${customer_id}`],
  );
  return rows;
};

/** @throws ReadModelsBehind when it cannot be known that nothing is missing */
export const findSubject = async (
  { db, store }: Pick<SurveyDeps, 'db' | 'store'>,
  customer_id: string,
): Promise<Subject> => {
  await waitForReadModels({ db, store });
  // Before a copy begins: in the middle of it nothing can be told.
  await demandKeys(db, [`life-${customer_id}`, ...booksSubjectsOf(customer_id)]);
  const [order_ids, store_credit_ids, keys] = await Promise.all([
    orderIdsOfCustomer(db, customer_id),
    findStoreCreditIds(db, customer_id),
    keysForLife(db, customer_id),
  ]);
  const isErased = keys.length > 0 && !keys.some(({ is_live }) => is_live);
  const isKnown = keys.length + order_ids.length + store_credit_ids.length > 0;
  return { state: isErased ? 'erased' : isKnown ? 'known' : 'unknown', order_ids, store_credit_ids };
};

/** Records who got a copy of what is stored of a customer, before it is handed out. */
export const recordExport = async (handle: Handle, customer_id: string, context: EventContext): Promise<void> => {
  await handleOrThrow(handle, auditDecider, {
    stream: auditStream(context.at.slice(0, 4)),
    command: { type: 'ExportSubject', data: { customer_id }, ...saidBy(context) },
    context,
  });
};
