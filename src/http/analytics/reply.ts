import { match } from 'ts-pattern';
import { reportFile, type Format } from '../../exports/index.ts';
import type { Report } from '../../reports/index.ts';
import type { Reply } from '../server/route.ts';

export type ReportFormat = Format;

/** A report as JSON, or as a file of its rows. */
export const reportReply = (format: ReportFormat, report: Report): Reply =>
  match(format)
    .returnType<Reply>()
    .with('json', () => ({ status: 200, body: report.body }))
    .with('csv', () => ({
      status: 200,
      headers: { 'Content-Type': 'text/csv; charset=utf-8; header=present' },
      content: reportFile(report, { format: 'csv', bom: false }).text,
    }))
    .with('ndjson', () => ({
      status: 200,
      headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8' },
      content: reportFile(report, { format: 'ndjson', bom: false }).text,
    }))
    .exhaustive();
