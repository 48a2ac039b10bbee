import type { Knex } from 'knex';

type Outcome = 'changed' | 'refused' | 'unknown_product';

export type StockMove = {
  readonly order_id: string;
  readonly product_id: string;
  /** 1, 2, 3 … of this order and product. */
  readonly n: number;
  /** Units that come (above 0) or go (below). */
  readonly change: number;
  /** Null: asked, not answered. */
  readonly outcome: Outcome | null;
};

type Row = Omit<StockMove, 'change'> & { readonly change: string };

/** The units that orders took from the catalogue and returned to it, in PostgreSQL. */
export const openStockMoves = (db: Knex) => ({
  of: async (order_id: string): Promise<readonly StockMove[]> => {
    const rows = await db<Row>('stock_moves').where({ order_id }).orderBy(['product_id', 'n']);
    return rows.map((row) => ({ ...row, change: Number(row.change) }));
  },
  /** Written down before it is asked for. False: another process was first. */
  begin: async ({ order_id, product_id, n, change }: Omit<StockMove, 'outcome'>): Promise<boolean> => {
    const begun = await db('stock_moves')
      .insert({ order_id, product_id, n, change })
      .onConflict(['order_id', 'product_id', 'n'])
      .ignore()
      .returning('n');
    return begun.length > 0;
  },
  end: async ({ order_id, product_id, n }: StockMove, outcome: Outcome): Promise<void> => {
    await db<Row>('stock_moves').where({ order_id, product_id, n }).update({ outcome });
  },
});

export type StockMoves = ReturnType<typeof openStockMoves>;
