/** The reports: figures as rows or as an object, for HTTP and for files. */
export { DIFFERENCES, type GatewayEntry } from './reconcile.ts';
export { CannotReport, wholeMonths } from './period.ts';
export type { ReportRow } from './report-row.ts';
export {
  NoLedger,
  openReports,
  REPORT_READS,
  REPORTS,
  ReportBehind,
  type Report,
  type ReportDeps,
  type ReportName,
  type ReportQuery,
} from './reports.ts';
export { SUM_FIELDS } from './rows.ts';
