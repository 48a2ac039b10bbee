import type { Knex } from 'knex';

/**
 * Orders whose goods have left the house and whose invoice is not ready, oldest first. Shipped is what carries
 * `shipped_at`, whatever the order's status is now.
 */
export const findOrdersWithoutInvoice = async (db: Knex, limit: number): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { id: string }[] }>(
    `select id from order_list as orders
     where state->>'shipped_at' is not null
       and not exists (
         select from document_list as documents
         where documents.order_id = orders.id and documents.document_type = 'invoice' and documents.sha256 is not null)
     order by created_at limit ?`,
    [limit],
  );
  return rows.map(({ id }) => id);
};
