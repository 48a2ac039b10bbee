import type { Row, SheetLayout } from '../file/sheet.ts';
import type { Cell, Findings } from '../findings.ts';
import type { Draft, DraftAddress } from '../orders/draft.ts';
import type { Reading } from '../orders/readings.ts';
import type { DecimalSign } from '../values/amounts.ts';

/** How the export of one shop system is laid out, and what its columns mean. */
export type Profile = {
  /** Default source of the order numbers. */
  readonly source: string;
  readonly layout: SheetLayout;
  readonly decimal: DecimalSign;
  /** Default: ISO 8601 and its relatives. */
  readonly dateFormat?: string | undefined;
  /** In the order of preference. */
  readonly readings: readonly Reading[];
  /** The order of a row; undefined: the order of the previous row. */
  readonly numberOf: (row: Row, before: Cell | undefined) => Cell | undefined;
  /** The draft of an order from its rows; undefined: the order is left out, with a finding. */
  readonly draft: (rows: readonly Row[], number: Cell, found: Findings) => Draft | undefined;
};

/**
 * The first of some rows that has a value in a column: many systems write an order's own data only into its first row.
 */
export const first = (rows: readonly Row[], ...columns: readonly string[]): Cell | undefined => {
  for (const column of columns)
    for (const row of rows) {
      const cell = row.cell(column);
      if (cell !== undefined) return cell;
    }
  return undefined;
};

/** A text without the marks that stop spreadsheets from changing zip codes and formulas: `'01010`, `="01010"`. */
export const textOf = (cell: Cell | undefined): string | undefined =>
  cell?.text.replace(/^="(.*)"$/s, '$1').replace(/^'(?=[\d+=@-])/, '');

/** The same, in its place. */
export const textCell = (cell: Cell | undefined): Cell | undefined => {
  const text = textOf(cell);
  return cell === undefined || text === undefined || text === '' ? undefined : { ...cell, text };
};

/** An address from the columns with values; null if there are none. */
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
