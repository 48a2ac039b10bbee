import {
  CannotReport,
  NoLedger,
  openReports,
  ReportBehind,
  type Report,
  type ReportDeps,
  type ReportQuery,
} from '../../reports/index.ts';
import { invalid, problem } from '../server/problem.ts';
import { bind, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { reportReply, type ReportFormat } from './reply.ts';
import { analyticsSpecs } from './routes.ts';

export type AnalyticsDeps = ReportDeps;

/** The queries of all reports have these fields or some of them. */
type Asked = Pick<RequestFacts, 'at'> & {
  readonly query: ReportQuery & {
    readonly format?: ReportFormat | undefined;
    readonly period_days?: number | undefined;
  };
};

const rejected = (error: unknown): never => {
  if (error instanceof CannotReport) throw invalid([...error.faults]);
  if (error instanceof NoLedger) throw problem('gateway.has_no_ledger', error.message);
  if (error instanceof ReportBehind)
    throw problem('read_model.behind', error.message, { headers: { 'Retry-After': '1' } });
  throw error;
};

export const bindAnalytics = (deps: AnalyticsDeps): Bound<typeof analyticsSpecs> => {
  const reports = openReports(deps);
  const answer =
    (read: (query: ReportQuery, at: string) => Promise<Report>) =>
    async ({ query: { format = 'json', period_days: days, ...query }, at }: Asked): Promise<Reply> =>
      reportReply(format, await read({ ...query, days }, at).catch(rejected));
  return bind(analyticsSpecs, {
    readSummary: { handle: answer(reports.summary) },
    readOrderAnalytics: { handle: answer(reports.summary) },
    readSales: { handle: answer(reports.sales) },
    readRevenue: { handle: answer(reports.sales) },
    readDeliveryPerformance: { handle: answer(reports['delivery-performance']) },
    readTopCustomers: { handle: answer(reports['top-customers']) },
    readCancellationRate: { handle: answer(reports['cancellation-rate']) },
    readReturnFigures: { handle: answer(reports.returns) },
    readCustomerFigures: { handle: answer(reports.customers) },
    readPaymentFigures: { handle: answer(reports.payments) },
    reconcileGateway: { handle: answer(reports.reconciliation) },
  });
};
