import type { Knex } from 'knex';
import { documentIdOf } from '../commands/documents.ts';
import type { ReadStream } from '../commands/read.ts';
import { documentDecider } from '../domain/document/index.ts';
import { documentStream } from '../event-store/stream-names.ts';
import { documentsOfOrders } from '../projections/list-documents.ts';
import { findJobsByKey } from './admin.ts';

/** A document that an order should have, and how it stands with it. */
export type ExpectedDocument = {
  readonly id: string;
  readonly type: 'invoice';
  readonly status: 'pending' | 'ready' | 'failed';
  readonly number: string | null;
  /** Why the last try failed. */
  readonly reason: string | null;
};

type Deps = { readonly db: Knex; readonly readStream: ReadStream };
/** Document id to printed number, for documents that are ready. */
type Ready = ReadonlyMap<string, string | null>;

export const invoiceJobKey = (orderId: string): string => `issue-invoice:${orderId}`;
export const creditMemoJobKey = (returnId: string): string => `issue-credit-memo:${returnId}`;

const readyInStream = async ({ readStream }: Deps, id: string): Promise<Ready> => {
  const folded = await readStream(documentDecider, documentStream(id));
  const rendering = folded?.state.status === 'rendered' ? folded.state.rendering : null;
  return new Map(rendering === null ? [] : [[id, rendering.number]]);
};

const readyInList = async ({ db }: Deps, orderIds: readonly string[]): Promise<Ready> =>
  new Map(
    (await documentsOfOrders(db, orderIds)).flatMap(({ id, sha256, number }) =>
      sha256 === null ? [] : [[id, number]],
    ),
  );

const reasonsOfFailure = async (db: Knex, orderIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> =>
  new Map(
    (await findJobsByKey(db, orderIds.map(invoiceJobKey))).flatMap(({ key, state, reason }) =>
      key !== null && state === 'failed' ? [[key, reason]] : [],
    ),
  );

/**
 * How it stands with the invoices of shipped orders. One order is answered from the log and so always current, several
 * from the read model.
 */
export const findInvoicesOf = async (
  deps: Deps,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, ExpectedDocument>> => {
  const invoices = orderIds.map((orderId) => ({
    orderId,
    id: documentIdOf('invoice', orderId),
    type: 'invoice' as const,
  }));
  const [only] = invoices;
  const ready =
    only !== undefined && invoices.length === 1
      ? await readyInStream(deps, only.id)
      : await readyInList(deps, orderIds);
  const missing = invoices.filter(({ id }) => !ready.has(id)).map(({ orderId }) => orderId);
  const failed = await reasonsOfFailure(deps.db, missing);

  return new Map(
    invoices.map(({ orderId, ...invoice }): [string, ExpectedDocument] => {
      const number = ready.get(invoice.id) ?? null;
      if (ready.has(invoice.id)) return [orderId, { ...invoice, status: 'ready', number, reason: null }];
      const key = invoiceJobKey(orderId);
      return [
        orderId,
        { ...invoice, status: failed.has(key) ? 'failed' : 'pending', number, reason: failed.get(key) ?? null },
      ];
    }),
  );
};
