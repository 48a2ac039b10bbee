import type { Knex } from 'knex';
import { insertOnce, type Creation } from '../platform/idempotency-keys.ts';

type Item = {
  readonly product_id: string;
  readonly quantity: number;
  readonly product_name: string | null;
  readonly unit_price: number | null;
};

export type StoredTemplate = {
  readonly id: string;
  readonly customer_id: string;
  readonly name: string;
  readonly currency: string;
  readonly items: readonly Item[];
  readonly created_at: string;
};

type Row = Omit<StoredTemplate, 'created_at'> & { readonly created_at: Date };

const toTemplate = ({ created_at, ...row }: Row): StoredTemplate => ({ ...row, created_at: created_at.toISOString() });

const COLUMNS = ['id', 'customer_id', 'name', 'currency', 'items', 'created_at'] as const;

export type TemplatePage = { readonly limit: number; readonly offset: number };

/** Templates of orders, in PostgreSQL. */
export const openOrderTemplates = (db: Knex) => ({
  /** The same id is kept once. */
  keep: ({ items, ...template }: StoredTemplate, request_hash?: string): Promise<Creation> =>
    insertOnce(db, 'order_templates', { ...template, items: JSON.stringify(items) }, request_hash),
  find: async (customer_id: string, id: string): Promise<StoredTemplate | undefined> => {
    const row = await db<Row>('order_templates')
      .where({ customer_id, id })
      .first(...COLUMNS);
    return row && toTemplate(row);
  },
  /** A customer's, newest first, and how many there are. */
  list: async (customer_id: string, { limit, offset }: TemplatePage) => {
    const rows = await db<Row>('order_templates')
      .where({ customer_id })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit)
      .offset(offset)
      .select(...COLUMNS);
    const [counted] = await db('order_templates').where({ customer_id }).count<{ count: string }[]>({ count: '*' });
    return { templates: rows.map(toTemplate), total: Number(counted?.count ?? 0) };
  },
  remove: async (customer_id: string, id: string): Promise<void> => {
    await db<Row>('order_templates').where({ customer_id, id }).delete();
  },
});

export type OrderTemplates = ReturnType<typeof openOrderTemplates>;
