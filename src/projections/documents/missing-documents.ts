import type { Knex } from 'knex';

/**
 * Orders whose goods left the house at or after a moment (ISO 8601) and whose invoice is not ready, oldest first,
 * whatever their status is now.
 */
export const findOrdersWithoutInvoice = async (
  db: Knex,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { id: string }[] }>(
    `select id from order_list as orders
     where shipped_at >= ?
       and not exists (
         select from document_list as documents
         where documents.order_id = orders.id and documents.document_type = 'invoice' and documents.sha256 is not null)
     order by shipped_at limit ?`,
    [since, limit],
  );
  return rows.map(({ id }) => id);
};

export type ReturnWithoutMemo = { readonly order_id: string; readonly return_id: string };

/** Returns that were settled with anything accepted at or after a moment, and whose credit memo is not ready. */
export const findReturnsWithoutMemo = async (
  db: Knex,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly ReturnWithoutMemo[]> => {
  const { rows } = await db.raw<{ rows: readonly ReturnWithoutMemo[] }>(
    `select order_id, id as return_id from return_list as returns
     where credited_at >= ?
       and not exists (
         select from document_list as documents where documents.return_id = returns.id and documents.sha256 is not null)
     order by credited_at limit ?`,
    [since, limit],
  );
  return rows;
};
