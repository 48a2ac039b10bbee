import { csvLine, type CsvCell } from '../../platform/csv.ts';
import type { Reply } from '../server/route.ts';

export type ReportRow = Readonly<Record<string, CsvCell>>;

const asCsv = (columns: readonly string[], rows: readonly ReportRow[]): string =>
  [columns, ...rows.map((row) => columns.map((name) => row[name] ?? null))].map((cells) => csvLine(cells)).join('');

export const csvReply = (columns: readonly string[], rows: readonly ReportRow[]): Reply => ({
  status: 200,
  headers: { 'Content-Type': 'text/csv; charset=utf-8; header=present' },
  content: asCsv(columns, rows),
});

export type ReportFormat = 'json' | 'csv' | 'ndjson';

/** One row of a report a line. */
export const ndjsonReply = (rows: readonly ReportRow[]): Reply => ({
  status: 200,
  headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8' },
  content: rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
});

/** The rows as JSON, or as a file with these columns. */
export const rowsReply = (
  format: ReportFormat | undefined,
  columns: readonly string[],
  rows: readonly ReportRow[],
): Reply => {
  if (format === 'csv') return csvReply(columns, rows);
  return format === 'ndjson' ? ndjsonReply(rows) : { status: 200, body: rows };
};
