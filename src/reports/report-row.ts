import type { CsvCell } from '../platform/csv.ts';

/** A row of a report, its cells by column. */
export type ReportRow = Readonly<Record<string, CsvCell>>;
