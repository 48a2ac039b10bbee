export type CsvCell = string | number | null;

/**
 * A text that a spreadsheet would take for a formula: at the beginning, full-width too, and where a program that splits at
 * semicolons, tabs or line ends, whatever the quotes say, would begin a cell.
 */
const FORMULA = /^(?=[\t\r])|(?<=^|[;\t\r\n])(?= *[=+\-@＝＋－＠])/g;
const NEEDS_QUOTES = /[",\r\n]/;

/** As RFC 4180 has it; what would begin a formula gets an apostrophe before it. */
export const csvCell = (cell: CsvCell): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cell.replace(FORMULA, "'");
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const CSV_END = '\r\n';

/** One line of a CSV file, with its end. */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}${CSV_END}`;
