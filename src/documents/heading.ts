import type { DocumentData, Party, Seller } from './document-data.ts';
import { addressLines, partyLines } from './address-lines.ts';
import { CONTENT_WIDTH, MARGIN, RIGHT, STYLES, drawRule, leadingOf, writeBlock, writeLine } from './layout.ts';
import type { Block, Ink, Sheet } from './layout.ts';
import { NONE } from './wording.ts';

/** A label and its value, e.g. `Order date` and `03 Aug 2026`. */
export type Fact = readonly [label: string, value: string];

const GAP = 16;
const FACTS_A_ROW = 4;
const HALF = (CONTENT_WIDTH - GAP) / 2;
const MAX_ROWS = 14;
/** Leaves room for the tax id, which the law requires. */
const MAX_SELLER_LINES = 8;
/** A name of 255 characters fits. */
const MAX_LINES_A_ROW = 6;

type Row = readonly [text: string, ink: Ink];

/** Rows below each other, cut where the next part begins; returns their end. */
const writeRows = (sheet: Sheet, rows: readonly Row[], block: Block & { readonly top: number }): number => {
  let { top } = block;
  let left = MAX_ROWS;
  for (const [text, ink] of rows) {
    if (left === 0) break;
    const end = writeBlock(sheet, text, ink, { ...block, top, maxLines: Math.min(left, MAX_LINES_A_ROW) });
    left -= Math.round((top - end) / leadingOf(ink));
    top = end;
  }
  return top;
};

const writeSeller = (sheet: Sheet, { name, address, tax_id }: Seller): number => {
  const lines = [...addressLines(address).slice(0, MAX_SELLER_LINES), ...(tax_id ? [`Tax ID: ${tax_id}`] : [])];
  const rows = lines.map((line): Row => [line, STYLES.body]);
  return writeRows(sheet, [[name, STYLES.seller], ...rows], { x: MARGIN.left, width: HALF, top: sheet.y });
};

const writeTitle = (sheet: Sheet, title: string, number: string): number => {
  writeLine(sheet, title, STYLES.title, { x: RIGHT, y: sheet.y + 4, align: 'right' });
  const top = sheet.y - leadingOf(STYLES.title);
  const block = { x: RIGHT - HALF, width: HALF, align: 'right', top } as const;
  return writeBlock(sheet, number, STYLES.strong, block);
};

const writeFacts = (sheet: Sheet, facts: readonly Fact[]): void => {
  const width = (CONTENT_WIDTH - GAP * (FACTS_A_ROW - 1)) / FACTS_A_ROW;
  for (let first = 0; first < facts.length; first += FACTS_A_ROW) {
    const ends = facts.slice(first, first + FACTS_A_ROW).map(([label, value], i) => {
      const block = { x: MARGIN.left + i * (width + GAP), width };
      const top = writeBlock(sheet, label, STYLES.label, { ...block, top: sheet.y });
      return writeBlock(sheet, value, STYLES.body, { ...block, top });
    });
    sheet.y = Math.min(...ends) - 7;
  }
};

const writeParty = (sheet: Sheet, label: string, party: Party, x: number): number => {
  const block = { x, width: HALF };
  const top = writeBlock(sheet, label, STYLES.label, { ...block, top: sheet.y }) - 1;
  const [first = NONE, ...others] = partyLines(party);
  const rows = others.map((line): Row => [line, STYLES.body]);
  return writeRows(sheet, [[first, STYLES.strong], ...rows], { ...block, top });
};

/** Everything above the table: seller, number, dates, recipients. */
export const writeHeading = (sheet: Sheet, title: string, data: DocumentData, facts: readonly Fact[]): void => {
  sheet.y = Math.min(writeSeller(sheet, data.seller), writeTitle(sheet, title, data.number)) - 12;
  drawRule(sheet, sheet.y);
  sheet.y -= 12;
  writeFacts(sheet, facts);
  sheet.y -= 5;
  const left = writeParty(sheet, 'Bill to', data.bill_to, MARGIN.left);
  const right = writeParty(sheet, 'Ship to', data.ship_to, MARGIN.left + HALF + GAP);
  sheet.y = Math.min(left, right) - 18;
};
