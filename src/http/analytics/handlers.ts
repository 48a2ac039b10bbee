import type { Static } from '@sinclair/typebox';
import type { Figures } from '../../projections/figures/index.ts';
import { MOST_ROWS, TooManyRows } from '../../projections/figures/index.ts';
import { invalid } from '../server/problem.ts';
import { bind, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { periodOf } from './period.ts';
import { rowsReply } from './report.ts';
import { analyticsSpecs } from './routes.ts';
import { salesBody, salesColumns } from './sales-body.ts';
import type { salesQuery } from './schemas.ts';

export type AnalyticsDeps = {
  readonly figures: Figures;
  readonly defaultCurrency: string;
  /** The business day of an instant. */
  readonly dayOf: (at: string) => string;
};

type Asked<Q> = Pick<RequestFacts, 'at'> & { readonly query: Q };

const tooManyRows = (error: unknown): never => {
  if (!(error instanceof TooManyRows)) throw error;
  throw invalid([
    {
      field: 'group_by',
      message: `gives more than ${MOST_ROWS} rows; ask for a shorter period, a longer interval or one currency`,
    },
  ]);
};

export const bindAnalytics = ({ figures, defaultCurrency, dayOf }: AnalyticsDeps): Bound<typeof analyticsSpecs> => {
  const sales = async ({ query, at }: Asked<Static<typeof salesQuery>>): Promise<Reply> => {
    const { group_by: group, interval = 'day', currency, format } = query;
    const period = periodOf(query, dayOf(at));
    const rows = await figures.sales({ ...period, interval, group, currency, defaultCurrency }).catch(tooManyRows);
    return rowsReply(format, salesColumns(group), rows.map(salesBody(group)));
  };
  return bind(analyticsSpecs, {
    readSales: { handle: sales },
    readRevenue: { handle: sales },
  });
};
