import { csvLine, type CsvCell } from '../../platform/csv.ts';
import type { Reply } from '../server/route.ts';

export type ReportRow = Readonly<Record<string, CsvCell>>;

const asCsv = (columns: readonly string[], rows: readonly ReportRow[]): string =>
  [columns, ...rows.map((row) => columns.map((name) => row[name] ?? null))].map(csvLine).join('');

export const csvReply = (columns: readonly string[], rows: readonly ReportRow[]): Reply => ({
  status: 200,
  headers: { 'Content-Type': 'text/csv; charset=utf-8; header=present' },
  content: asCsv(columns, rows),
});

/** The rows as JSON, or as a file with these columns. */
export const rowsReply = (
  format: 'json' | 'csv' | undefined,
  columns: readonly string[],
  rows: readonly ReportRow[],
): Reply => (format === 'csv' ? csvReply(columns, rows) : { status: 200, body: rows });
