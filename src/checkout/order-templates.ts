import type { Knex } from 'knex';
import type { DataKeys } from '../platform/data-keys.ts';
import { openValues, sealFor, type SealedValue } from '../platform/sealed-values.ts';
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

type Row = Omit<StoredTemplate, 'created_at' | 'name'> & SealedValue & { readonly created_at: Date };

const COLUMNS = ['id', 'customer_id', 'currency', 'items', 'created_at', 'key_id', 'sealed'] as const;

const boundOf = ({ id }: Pick<StoredTemplate, 'id'>): string => `template/${id}`;

export type TemplatePage = { readonly limit: number; readonly offset: number };

/** Templates of orders, in PostgreSQL. What a customer calls one is sealed. */
export const openOrderTemplates = (db: Knex, keys: DataKeys) => {
  /** Without those whose customer was erased. */
  const open = async (rows: readonly Row[]): Promise<readonly StoredTemplate[]> => {
    const names = await openValues(keys, rows, boundOf);
    return rows.flatMap(({ key_id: _, sealed: __, created_at, ...row }, n) => {
      const name = names[n];
      return typeof name === 'string' ? [{ ...row, name, created_at: created_at.toISOString() }] : [];
    });
  };
  return {
    /** The same id is kept once. */
    keep: async ({ items, name, ...template }: StoredTemplate, request_hash?: string): Promise<Creation> => {
      const sealed = await sealFor(keys, template.customer_id, { value: name, bound: boundOf(template) });
      return insertOnce(db, 'order_templates', { ...template, ...sealed, items: JSON.stringify(items) }, request_hash);
    },
    find: async (customer_id: string, id: string): Promise<StoredTemplate | undefined> => {
      const row = await db<Row>('order_templates')
        .where({ customer_id, id })
        .first(...COLUMNS);
      return row && (await open([row]))[0];
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
      return { templates: await open(rows), total: Number(counted?.count ?? 0) };
    },
    remove: async (customer_id: string, id: string): Promise<void> => {
      await db<Row>('order_templates').where({ customer_id, id }).delete();
    },
  };
};

export type OrderTemplates = ReturnType<typeof openOrderTemplates>;
