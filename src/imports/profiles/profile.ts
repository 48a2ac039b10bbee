import type { Row, SheetLayout } from '../file/sheet.ts';
import type { Cell, Findings } from '../findings.ts';
import type { Draft, DraftAddress } from '../orders/draft.ts';
import type { Reading } from '../orders/readings.ts';
import type { DecimalSign } from '../values/amounts.ts';

/** How the export of one shop system is laid out, and what its columns mean. */
export type Profile = {
  /** Whose numbers these are, unless said otherwise. */
  readonly source: string;
  readonly layout: SheetLayout;
  readonly decimal: DecimalSign;
  /** Default: ISO 8601 and its relatives. */
  readonly dateFormat?: string | undefined;
  /** In the order of preference. */
  readonly readings: readonly Reading[];
  /** The order that a row belongs to; undefined: that of the row before. */
  readonly numberOf: (row: Row, before: Cell | undefined) => Cell | undefined;
  /** What the rows of one order say; undefined: it is left out, which was found. */
  readonly draft: (rows: readonly Row[], number: Cell, found: Findings) => Draft | undefined;
};

/** The first of some rows that has a column filled: systems write what belongs to the order into its first row only. */
export const first = (rows: readonly Row[], ...columns: readonly string[]): Cell | undefined => {
  for (const column of columns)
    for (const row of rows) {
      const cell = row.cell(column);
      if (cell !== undefined) return cell;
    }
  return undefined;
};

/** A text without what keeps spreadsheets from changing zip codes and formulas: `'01010`, `="01010"`. */
export const textOf = (cell: Cell | undefined): string | undefined =>
  cell?.text.replace(/^="(.*)"$/s, '$1').replace(/^'(?=[\d+=@-])/, '');

/** An address of the columns that are filled; null where none is. */
export const addressOf = (
  rows: readonly Row[],
  columns: Readonly<Record<string, string | readonly string[]>>,
): DraftAddress | null => {
  const fields = Object.entries(columns).flatMap(([field, names]) => {
    const text = textOf(first(rows, ...(typeof names === 'string' ? [names] : names)));
    return text === undefined ? [] : [[field, text] as const];
  });
  return fields.length === 0 ? null : Object.fromEntries(fields);
};

export const notBlank = (values: Readonly<Record<string, string | undefined>>): Record<string, string> | null => {
  const filled = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return filled.length === 0 ? null : Object.fromEntries(filled);
};
