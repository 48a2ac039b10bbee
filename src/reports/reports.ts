import {
  MOST_ROWS,
  TooManyRows,
  type Figures,
  type Group,
  type Interval,
  type Movement,
  type Period,
} from '../projections/figures/index.ts';
import { cancellations, customers, delivery, returns, summary } from './bodies.ts';
import { flatten, FLAT_COLUMNS } from './flatten.ts';
import { CannotReport, periodOf, wholeMonths, type AskedPeriod } from './period.ts';
import { differencesOf, RECONCILIATION_COLUMNS, type GatewayEntry } from './reconcile.ts';
import type { ReportRow } from './report-row.ts';
import { keyedBody, PAYMENT_COLUMNS, paymentBody, salesBody, salesColumns, TOP_COLUMNS } from './rows.ts';

export type ReportDeps = {
  readonly figures: Figures;
  readonly defaultCurrency: string;
  /** The business day of an instant. */
  readonly dayOf: (at: string) => string;
  /**
   * Whether a business day is closed, so that no figure can be added to it, and whether the figures know all of it. A day
   * that is over may still be open.
   */
  readonly closing: (day: string) => Promise<'open' | 'behind' | 'known'>;
  /** Money that gateways moved on a business day, according to Waybill's events. */
  readonly movements: (day: string) => Promise<readonly Movement[]>;
  /** Of these payments and their refunds, those that moved by our books, on whatever day. */
  readonly findMovedBy: (payment_ids: readonly string[]) => Promise<ReadonlySet<string>>;
  /** The gateway's books of a day, and of these payments. Undefined: they cannot be read. */
  readonly readGateway: ((day: string, payment_ids: readonly string[]) => Promise<readonly GatewayEntry[]>) | undefined;
};

/** What a report can be asked for; each takes a part of it. */
export type ReportQuery = AskedPeriod & {
  readonly currency?: string | undefined;
  readonly interval?: Interval | undefined;
  readonly group_by?: Group | undefined;
  readonly limit?: number | undefined;
  readonly date?: string | undefined;
};

/** `body`: as JSON has it. The same as rows, for files. */
export type Report = {
  readonly body: Readonly<Record<string, unknown>> | readonly ReportRow[];
  readonly columns: readonly string[];
  readonly rows: readonly ReportRow[];
};

const ofRows = (columns: readonly string[], rows: readonly ReportRow[]): Report => ({ body: rows, columns, rows });

/** A report of several parts: in a file it has one figure a row. */
const ofParts = (body: Readonly<Record<string, unknown>>): Report => ({
  body,
  columns: FLAT_COLUMNS,
  rows: flatten(body),
});

const PERIOD = ['start_date', 'end_date', 'as_of'] as const;
/** What each report takes besides the format. */
export const REPORTS = {
  summary: [...PERIOD, 'currency'],
  sales: [...PERIOD, 'currency', 'interval', 'group_by'],
  'delivery-performance': PERIOD,
  'top-customers': [...PERIOD, 'currency', 'limit'],
  'cancellation-rate': PERIOD,
  returns: [...PERIOD, 'currency'],
  customers: PERIOD,
  payments: [...PERIOD, 'currency'],
  reconciliation: ['date', 'currency'],
} as const satisfies Readonly<Record<string, readonly (keyof ReportQuery)[]>>;
export type ReportName = keyof typeof REPORTS;

/** The read models that reports are read from. */
export const REPORT_READS = ['figures', 'customer_figures', 'payment_list'] as const;

/** The gateway keeps books that Waybill cannot read. */
export class NoLedger extends Error {
  override readonly name = 'NoLedger';
  override readonly message =
    'The payment service has no ledger that Waybill can read. Compare its statement with the report of payments.';
}

/** The figures do not know the whole of a closed day yet. */
export class ReportBehind extends Error {
  override readonly name = 'ReportBehind';
  override readonly message = 'The close of this day is not known here yet. Repeat the request.';
}

const tooManyRows = (error: unknown): never => {
  if (!(error instanceof TooManyRows)) throw error;
  const message = `would give more than ${MOST_ROWS} rows; choose a shorter period, a longer interval or one currency`;
  throw new CannotReport([{ field: 'group_by', message }]);
};

type ReadReport = (query: ReportQuery, at: string) => Promise<Report>;

/**
 * Every report, as of now. `at`: the instant of asking, which says what today is. Each throws CannotReport on a query that
 * it cannot be given for, and ReportBehind.
 */
export const openReports = (deps: ReportDeps): Readonly<Record<ReportName, ReadReport>> => {
  const { figures, defaultCurrency, dayOf } = deps;
  const periodIn = async (query: ReportQuery, at: string): Promise<Period> => {
    const period = periodOf(query, dayOf(at));
    const closing = period.as_of === undefined ? 'known' : await deps.closing(period.as_of);
    if (closing === 'behind') throw new ReportBehind();
    if (closing === 'known') return period;
    const received = period.as_of ?? '';
    throw new CannotReport([{ field: 'as_of', message: 'must be a business day that is closed', received }]);
  };
  const inCurrency = async (query: ReportQuery, at: string) => ({
    ...(await periodIn(query, at)),
    currency: query.currency,
  });
  return {
    summary: async (query, at) => ofParts(await summary(figures, await inCurrency(query, at), defaultCurrency)),
    sales: async (query, at) => {
      const { group_by: group, interval = 'day' } = query;
      const asked = { ...(await inCurrency(query, at)), interval, group, defaultCurrency };
      return ofRows(
        salesColumns(group),
        (await figures.sales(asked).catch(tooManyRows)).map((row) => salesBody(group)(row)),
      );
    },
    'delivery-performance': async (query, at) => ofParts(await delivery(figures, await periodIn(query, at))),
    'top-customers': async (query, at) => {
      const best = await figures.topCustomers({ ...(await inCurrency(query, at)), limit: query.limit ?? 10 });
      return ofRows(
        TOP_COLUMNS,
        best.map((row) => keyedBody('customer_id')(row)),
      );
    },
    'cancellation-rate': async (query, at) => ofParts(await cancellations(figures, await periodIn(query, at))),
    returns: async (query, at) => ofParts(await returns(figures, await inCurrency(query, at))),
    customers: async (query, at) => ofParts(await customers(figures, wholeMonths(await periodIn(query, at)))),
    payments: async (query, at) =>
      ofRows(PAYMENT_COLUMNS, (await figures.payments(await inCurrency(query, at))).map(paymentBody)),
    reconciliation: async ({ date, currency }, at) => {
      if (deps.readGateway === undefined) throw new NoLedger();
      const day = date ?? dayOf(at);
      const ours = await deps.movements(day);
      const theirs = await deps.readGateway(day, [...new Set(ours.map(({ payment_id }) => payment_id))]);
      const movedByUs = await deps.findMovedBy([...new Set(theirs.map(({ payment_id }) => payment_id))]);
      const rows = differencesOf(ours, theirs, { movedByUs });
      return ofRows(
        RECONCILIATION_COLUMNS,
        rows.filter((one) => currency === undefined || one['currency'] === currency),
      );
    },
  };
};
