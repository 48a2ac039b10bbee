export type CsvCell = string | number | null;

/**
 * A text that a spreadsheet would take for a formula: at the beginning, full-width too, and where a program that splits at
 * semicolons, tabs or line ends, whatever the quotes say, would begin a cell.
 */
const FORMULA = {
  ',': /^(?=[\t\r])|(?<=^|[;\t\r\n])(?=(?:[^\S\t\r\n\ufeff]|\p{Cf})*[=+\-@＝＋－＠﹦﹢﹣﹫])/gu,
  // Nothing quotes a comma there: a program that splits at commas would begin a cell after it.
  ';': /^(?=[\t\r])|(?<=^|[;,\t\r\n])(?=(?:[^\S\t\r\n\ufeff]|\p{Cf})*[=+\-@＝＋－＠﹦﹢﹣﹫])/gu,
} as const;
/** Without one of these there is no formula: most cells are ids, words and times. */
const SUSPECT = /^[\s\p{Cf}=+\-@＝＋－＠﹦﹢﹣﹫]|[;,\t\r\n]/u;
/** Most cells: nothing in them is special to any program. */
const PLAIN = /^\w[\w .:-]*$/;
const NEEDS_QUOTES = { ',': /[",\r\n]/, ';': /[";\r\n]/ } as const;

export type CsvForm = {
  /** `,`: as spreadsheets of most of Europe write numbers; cells are then divided by semicolons. Default `.`. */
  readonly decimal?: '.' | ',';
};

const dividerOf = ({ decimal }: CsvForm): ',' | ';' => (decimal === ',' ? ';' : ',');

/** As RFC 4180 has it; what would begin a formula gets an apostrophe before it. */
export const csvCell = (cell: CsvCell, form: CsvForm = {}): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return form.decimal === ',' ? String(cell).replace('.', ',') : String(cell);
  if (PLAIN.test(cell)) return cell;
  const divider = dividerOf(form);
  const text = SUSPECT.test(cell) ? cell.replace(FORMULA[divider], "'") : cell;
  return NEEDS_QUOTES[divider].test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const CSV_END = '\r\n';

/** One line of a CSV file, with its end. */
export const csvLine = (cells: readonly CsvCell[], form: CsvForm = {}): string =>
  `${cells.map((cell) => csvCell(cell, form)).join(dividerOf(form))}${CSV_END}`;
