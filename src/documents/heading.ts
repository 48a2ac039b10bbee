import type { DocumentData, Party, Seller } from './document-data.ts';
import { addressLines, partyLines } from './address-lines.ts';
import { CONTENT_WIDTH, MARGIN, RIGHT, STYLES, drawRule, leadingOf, writeBlock, writeLine } from './layout.ts';
import type { Sheet } from './layout.ts';
import { NONE } from './wording.ts';

/** A label and what it says, e.g. `Order date` and `03 Aug 2026`. */
export type Fact = readonly [label: string, value: string];

const GAP = 16;
const FACTS_A_ROW = 4;
const HALF = (CONTENT_WIDTH - GAP) / 2;
const MAX_ADDRESS_LINES = 14;

const writeSeller = (sheet: Sheet, seller: Seller): number => {
  const block = { x: MARGIN.left, width: HALF };
  let top = writeBlock(sheet, seller.name, STYLES.seller, { ...block, top: sheet.y, maxLines: 3 });
  const lines = [...addressLines(seller.address), ...(seller.tax_id ? [`Tax ID: ${seller.tax_id}`] : [])];
  for (const line of lines.slice(0, MAX_ADDRESS_LINES)) top = writeBlock(sheet, line, STYLES.body, { ...block, top });
  return top;
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
  let top = writeBlock(sheet, label, STYLES.label, { ...block, top: sheet.y }) - 1;
  const [first = NONE, ...others] = partyLines(party).slice(0, MAX_ADDRESS_LINES);
  top = writeBlock(sheet, first, STYLES.strong, { ...block, top });
  for (const line of others) top = writeBlock(sheet, line, STYLES.body, { ...block, top });
  return top;
};

/** Everything above the table: who, what, when, to whom. */
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
