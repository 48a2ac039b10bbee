import type { Currency } from '../domain/shared/money.ts';
import type { DocumentLine } from './document-data.ts';
import { formatAmount, formatMoney, formatQuantity } from './amount.ts';
import {
  CONTENT_WIDTH,
  INK,
  MARGIN,
  RIGHT,
  STYLES,
  addPage,
  drawRule,
  hasRoom,
  leadingOf,
  writeBlock,
  writeLine,
} from './layout.ts';
import type { Ink, Sheet } from './layout.ts';
import { breakLines } from './text/break-lines.ts';
import { printable } from './text/printable.ts';
import { shape, widthOf } from './text/shape.ts';
import { NONE } from './wording.ts';

const HEADERS = ['Qty', 'Unit price', 'Discount', 'Tax', 'Total'] as const;
const GUTTER = 14;
const MIN_PRODUCT_WIDTH = 120;
const MAX_PRODUCT_LINES = 10;
const MAX_SKU_LINES = 4;
const ROW_PADDING = 5;

type Columns = {
  readonly productWidth: number;
  /** Right ends of the columns of figures. */
  readonly ends: readonly number[];
  /** Smaller than the text if amounts are too long to fit side by side: a number is never cut. */
  readonly figure: Ink;
};

const figuresOf = (line: DocumentLine, currency: Currency): string[] => [
  line.quantity === null ? NONE : formatQuantity(line.quantity),
  ...[line.unit_price, line.discount, line.tax, line.total].map((amount) =>
    amount === null ? NONE : formatAmount(amount, currency),
  ),
];

const fitColumns = (rows: readonly (readonly string[])[]): Columns => {
  const { size, weight } = STYLES.body;
  const widths = HEADERS.map((header, i) => {
    const label = widthOf(shape(header, STYLES.label.weight), STYLES.label.size);
    return rows.reduce((widest, row) => Math.max(widest, widthOf(shape(row[i] ?? '', weight), size)), label);
  });
  const sum = widths.reduce((total, width) => total + width, 0);
  const room = CONTENT_WIDTH - MIN_PRODUCT_WIDTH - GUTTER * HEADERS.length;
  const scale = Math.min(1, room / sum);
  const ends = widths.map(
    (_, i) => RIGHT - widths.slice(i + 1).reduce((after, width) => after + width * scale + GUTTER, 0),
  );
  return {
    productWidth: CONTENT_WIDTH - sum * scale - GUTTER * HEADERS.length,
    ends,
    figure: { ...STYLES.body, size: size * scale },
  };
};

const writeHeader = (sheet: Sheet, { ends }: Columns): void => {
  writeLine(sheet, 'Product', STYLES.label, { x: MARGIN.left, y: sheet.y });
  HEADERS.forEach((header, i) => {
    writeLine(sheet, header, STYLES.label, { x: ends[i] ?? RIGHT, y: sheet.y, align: 'right' });
  });
  sheet.y -= leadingOf(STYLES.label) + 3;
  drawRule(sheet, sheet.y, { thickness: 0.9 });
  sheet.y -= ROW_PADDING;
};

/**
 * The texts of a line, from top to bottom: the product, then in small print its number and a note on a reduced price.
 */
const wordsOf = (line: DocumentLine, currency: Currency): readonly Row[] => {
  const code = printable(line.product_sku ?? '').trim();
  return [
    {
      text: printable(line.product_name ?? '').trim() || line.product_id,
      ink: STYLES.body,
      maxLines: MAX_PRODUCT_LINES,
    },
    { text: code && `SKU ${code}`, ink: STYLES.quiet, maxLines: MAX_SKU_LINES },
    {
      text: line.reduction === 0 ? '' : `Price reduced by ${formatMoney(line.reduction, currency)}`,
      ink: STYLES.quiet,
      maxLines: MAX_SKU_LINES,
    },
  ];
};

type Row = { readonly text: string; readonly ink: Ink; readonly maxLines: number };

const rowHeight = (words: readonly Row[], width: number): number =>
  words.reduce(
    (height, { text, ink, maxLines }) => height + breakLines(text, width, ink, maxLines).length * leadingOf(ink),
    0,
  );

const writeRow = (sheet: Sheet, words: readonly Row[], figures: readonly string[], columns: Columns): void => {
  if (!hasRoom(sheet, rowHeight(words, columns.productWidth))) {
    addPage(sheet);
    writeHeader(sheet, columns);
  }
  let end = sheet.y;
  for (const { text, ink, maxLines } of words)
    end = writeBlock(sheet, text, ink, { x: MARGIN.left, width: columns.productWidth, top: end, maxLines });
  figures.forEach((text, i) => {
    // Baselines are aligned with the product's at any size.
    const y = sheet.y - STYLES.body.size + columns.figure.size;
    writeLine(sheet, text, columns.figure, { x: columns.ends[i] ?? RIGHT, y, align: 'right' });
  });
  sheet.y = Math.min(end, sheet.y - leadingOf(STYLES.body)) - ROW_PADDING;
  drawRule(sheet, sheet.y, { thickness: 0.3, grey: INK.faint });
  sheet.y -= ROW_PADDING;
};

/** One row per line, on as many pages as needed, with the header row on each. */
export const writeLineTable = (sheet: Sheet, lines: readonly DocumentLine[], currency: Currency): void => {
  const rows = lines.map((line) => figuresOf(line, currency));
  const columns = fitColumns(rows);
  if (!hasRoom(sheet, 60)) addPage(sheet);
  writeHeader(sheet, columns);
  lines.forEach((line, i) => writeRow(sheet, wordsOf(line, currency), rows[i] ?? [], columns));
};
