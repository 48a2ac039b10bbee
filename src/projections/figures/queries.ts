import type { Knex } from 'knex';
import { readSales, type SalesQuery, type SalesRow } from './sales.ts';

/** The reports, each one query over the sums. */
export type Figures = {
  readonly sales: (query: SalesQuery) => Promise<readonly SalesRow[]>;
};

export const openFigures = (db: Knex): Figures => ({
  sales: (query) => readSales(db, query),
});
