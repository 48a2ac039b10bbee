import type { Static } from '@sinclair/typebox';
import { MOST_ROWS, TooManyRows, type Figures, type Movement } from '../../projections/figures/index.ts';
import { invalid, problem } from '../server/problem.ts';
import { bind, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { flatten, FLAT_COLUMNS } from './flatten.ts';
import { periodOf, wholeMonths } from './period.ts';
import { differencesOf, RECONCILIATION_COLUMNS, type GatewayEntry } from './reconcile.ts';
import { csvReply, ndjsonReply, rowsReply, type ReportFormat } from './report.ts';
import { cancellations, customers, delivery, returns, summary } from './reports.ts';
import { analyticsSpecs } from './routes.ts';
import { keyedBody, PAYMENT_COLUMNS, paymentBody, salesBody, salesColumns, TOP_COLUMNS } from './sales-body.ts';
import type {
  cancellationQuery,
  inCurrencyQuery,
  reconciliationQuery,
  reportQuery,
  salesQuery,
  topQuery,
} from './schemas.ts';

export type AnalyticsDeps = {
  readonly figures: Figures;
  readonly defaultCurrency: string;
  /** The business day of an instant. */
  readonly dayOf: (at: string) => string;
  /** Money that gateways moved on a business day, according to Waybill's events. */
  readonly movements: (day: string) => Promise<readonly Movement[]>;
  /** Of these payments and their refunds, those that moved by our books, on whatever day. */
  readonly findMovedBy: (payment_ids: readonly string[]) => Promise<ReadonlySet<string>>;
  /** The gateway's books of a day, and of these payments. Undefined: they cannot be read. */
  readonly readGateway: ((day: string, payment_ids: readonly string[]) => Promise<readonly GatewayEntry[]>) | undefined;
};

type Asked<Q> = Pick<RequestFacts, 'at'> & { readonly query: Q };

const tooManyRows = (error: unknown): never => {
  if (!(error instanceof TooManyRows)) throw error;
  throw invalid([
    {
      field: 'group_by',
      message: `would give more than ${MOST_ROWS} rows; choose a shorter period, a longer interval or one currency`,
    },
  ]);
};

/** A report of several parts: as one object, or one figure a row. */
const reportReply = (format: ReportFormat | undefined, body: Readonly<Record<string, unknown>>): Reply => {
  if (format === 'csv') return csvReply(FLAT_COLUMNS, flatten(body));
  return format === 'ndjson' ? ndjsonReply(flatten(body)) : { status: 200, body };
};

export const bindAnalytics = (deps: AnalyticsDeps): Bound<typeof analyticsSpecs> => {
  const { figures, defaultCurrency, dayOf } = deps;
  const sales = async ({ query, at }: Asked<Static<typeof salesQuery>>): Promise<Reply> => {
    const { group_by: group, interval = 'day', currency, format } = query;
    const period = periodOf(query, dayOf(at));
    const rows = await figures.sales({ ...period, interval, group, currency, defaultCurrency }).catch(tooManyRows);
    return rowsReply(format, salesColumns(group), rows.map(salesBody(group)));
  };
  const summarise = async ({ query, at }: Asked<Static<typeof inCurrencyQuery>>): Promise<Reply> => {
    const asked = { ...periodOf(query, dayOf(at)), currency: query.currency };
    return reportReply(query.format, await summary(figures, asked, defaultCurrency));
  };
  return bind(analyticsSpecs, {
    readSummary: { handle: summarise },
    readOrderAnalytics: { handle: summarise },
    readSales: { handle: sales },
    readRevenue: { handle: sales },
    readDeliveryPerformance: {
      handle: async ({ query, at }: Asked<Static<typeof reportQuery>>) =>
        reportReply(query.format, await delivery(figures, periodOf(query, dayOf(at)))),
    },
    readTopCustomers: {
      handle: async ({ query, at }: Asked<Static<typeof topQuery>>) => {
        const { currency, limit = 10, format } = query;
        const rows = await figures.topCustomers({ ...periodOf(query, dayOf(at)), currency, limit });
        return rowsReply(format, TOP_COLUMNS, rows.map(keyedBody('customer_id')));
      },
    },
    readCancellationRate: {
      handle: async ({ query, at }: Asked<Static<typeof cancellationQuery>>) => {
        const { period_days, as_of, format } = query;
        return reportReply(format, await cancellations(figures, periodOf({ as_of, days: period_days }, dayOf(at))));
      },
    },
    readReturnFigures: {
      handle: async ({ query, at }: Asked<Static<typeof inCurrencyQuery>>) => {
        const asked = { ...periodOf(query, dayOf(at)), currency: query.currency };
        return reportReply(query.format, await returns(figures, asked));
      },
    },
    readCustomerFigures: {
      handle: async ({ query, at }: Asked<Static<typeof reportQuery>>) =>
        reportReply(query.format, await customers(figures, wholeMonths(periodOf(query, dayOf(at))))),
    },
    readPaymentFigures: {
      handle: async ({ query, at }: Asked<Static<typeof inCurrencyQuery>>) => {
        const rows = await figures.payments({ ...periodOf(query, dayOf(at)), currency: query.currency });
        return rowsReply(query.format, PAYMENT_COLUMNS, rows.map(paymentBody));
      },
    },
    reconcileGateway: {
      handle: async ({ query, at }: Asked<Static<typeof reconciliationQuery>>) => {
        const { date = dayOf(at), currency, format } = query;
        if (deps.readGateway === undefined)
          throw problem(
            'gateway.has_no_ledger',
            'The payment service has no ledger that Waybill can read. Compare its statement with /analytics/payments.',
          );
        const ours = await deps.movements(date);
        const theirs = await deps.readGateway(date, [...new Set(ours.map(({ payment_id }) => payment_id))]);
        const movedByUs = await deps.findMovedBy([...new Set(theirs.map(({ payment_id }) => payment_id))]);
        const rows = differencesOf(ours, theirs, { movedByUs });
        const wanted = rows.filter((one) => currency === undefined || one['currency'] === currency);
        return rowsReply(format, RECONCILIATION_COLUMNS, wanted);
      },
    },
  });
};
