import type { Currency, Minor } from '../domain/shared/money.ts';
import { formatMoney } from './amount.ts';
import { RIGHT, STYLES, addPage, drawRule, hasRoom, leadingOf, writeLine } from './layout.ts';
import type { Sheet } from './layout.ts';

export type Sum = readonly [label: string, amount: Minor];

const WIDTH = 230;
const LEFT = RIGHT - WIDTH;

/** The sums under the table, kept together on one page; the last is what the document is about. */
export const writeTotals = (sheet: Sheet, sums: readonly Sum[], total: Sum, currency: Currency): void => {
  const step = leadingOf(STYLES.body) + 3;
  const height = sums.length * step + leadingOf(STYLES.total) + 22;
  if (!hasRoom(sheet, height)) addPage(sheet);
  sheet.y -= 6;
  for (const [label, amount] of sums) {
    writeLine(sheet, label, STYLES.body, { x: LEFT, y: sheet.y });
    writeLine(sheet, formatMoney(amount, currency), STYLES.body, { x: RIGHT, y: sheet.y, align: 'right' });
    sheet.y -= step;
  }
  sheet.y -= 2;
  drawRule(sheet, sheet.y, { x: LEFT, width: WIDTH, thickness: 0.9 });
  sheet.y -= 7;
  writeLine(sheet, total[0], STYLES.total, { x: LEFT, y: sheet.y });
  writeLine(sheet, formatMoney(total[1], currency), STYLES.total, { x: RIGHT, y: sheet.y, align: 'right' });
  sheet.y -= leadingOf(STYLES.total);
};
