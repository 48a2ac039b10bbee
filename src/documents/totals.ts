import type { Currency, Minor } from '../domain/shared/money.ts';
import { formatMoney } from './amount.ts';
import { RIGHT, STYLES, addPage, drawRule, hasRoom, leadingOf, writeLine } from './layout.ts';
import type { Sheet } from './layout.ts';

export type Sum = readonly [label: string, amount: Minor];

const WIDTH = 230;
const LEFT = RIGHT - WIDTH;

export type Totals = {
  readonly sums: readonly Sum[];
  /** What the document is about. */
  readonly total: Sum;
  /** What becomes of the total. */
  readonly settlement?: readonly Sum[];
};

const STEP = leadingOf(STYLES.body) + 3;

const writeSums = (sheet: Sheet, sums: readonly Sum[], currency: Currency): void => {
  for (const [label, amount] of sums) {
    writeLine(sheet, label, STYLES.body, { x: LEFT, y: sheet.y });
    writeLine(sheet, formatMoney(amount, currency), STYLES.body, { x: RIGHT, y: sheet.y, align: 'right' });
    sheet.y -= STEP;
  }
};

/** The sums under the table, kept together on one page. */
export const writeTotals = (sheet: Sheet, { sums, total, settlement = [] }: Totals, currency: Currency): void => {
  const height = (sums.length + settlement.length) * STEP + leadingOf(STYLES.total) + 28;
  if (!hasRoom(sheet, height)) addPage(sheet);
  sheet.y -= 6;
  writeSums(sheet, sums, currency);
  sheet.y -= 2;
  drawRule(sheet, sheet.y, { x: LEFT, width: WIDTH, thickness: 0.9 });
  sheet.y -= 7;
  writeLine(sheet, total[0], STYLES.total, { x: LEFT, y: sheet.y });
  writeLine(sheet, formatMoney(total[1], currency), STYLES.total, { x: RIGHT, y: sheet.y, align: 'right' });
  sheet.y -= leadingOf(STYLES.total) + 6;
  writeSums(sheet, settlement, currency);
};
