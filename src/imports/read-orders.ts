import type { Row, Sheet } from './file/sheet.ts';
import { openFindings, type Cell, type Finding } from './findings.ts';
import type { Profile } from './profiles/profile.ts';
import type { ImportedOrder } from './orders/imported-order.ts';
import type { NumberOfFile } from './series.ts';
import { interpret, type Understanding } from './orders/interpret.ts';

/** An order of a file, or the reasons why it cannot be imported. */
export type ReadOrder<T = ImportedOrder> = {
  /** The order's number in the file; undefined for rows without a number. */
  readonly number: Cell | undefined;
  /** Undefined: it cannot be imported. */
  readonly order: T | undefined;
  readonly findings: readonly Finding[];
};

/** The orders of a file, which is read twice: to check it, and to write them. */
export type OrderFile<T> = {
  readonly orders: (onBytes: (bytes: Uint8Array) => void) => AsyncIterable<ReadOrder<T>>;
  /** What else makes an order impossible; found when it is written as well. */
  readonly impossible?: (read: ReadOrder<T>) => readonly Finding[];
  /** What is said of a file without orders. */
  readonly nothing?: Finding;
  readonly numbersOf: (order: T) => readonly NumberOfFile[];
};

/** More rows than any order has; further rows are not kept in memory. */
const MOST_ROWS = 2_000;

type Group = { readonly number: Cell | undefined; readonly rows: Row[]; count: number };

/** Rows of one order are consecutive; a row without a number belongs to the order above it. */
async function* groupsOf(rows: AsyncIterable<Row>, { numberOf }: Profile): AsyncGenerator<Group> {
  let group: Group | undefined;
  for await (const row of rows) {
    const number = numberOf(row, group?.number);
    if (group === undefined || (number !== undefined && number.text !== group.number?.text)) {
      if (group !== undefined) yield group;
      group = { number, rows: [], count: 0 };
    }
    group.count += 1;
    if (group.rows.length < MOST_ROWS) group.rows.push(row);
  }
  if (group !== undefined) yield group;
}

/** All orders of a file with their findings, in the order of the file. */
export async function* readOrders(
  sheet: Sheet,
  profile: Profile,
  how: Understanding,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<ReadOrder> {
  const seen = new Map<string, number>();
  for await (const { number, rows, count } of groupsOf(sheet.rows(onBytes), profile)) {
    const found = openFindings();
    for (const { misfit } of rows) if (misfit !== undefined) found.add(misfit);
    const [row] = rows;
    if (number === undefined || row === undefined) {
      const cell = { text: '', line: row?.line ?? sheet.line, column: profile.layout.required[0] ?? '' };
      found.error(cell, 'the number of the order that this row belongs to');
      yield { number: undefined, order: undefined, findings: found.all() };
      continue;
    }
    const before = seen.get(number.text);
    seen.set(number.text, before ?? number.line);
    if (before !== undefined)
      found.error(
        number,
        `the rows of an order directly after each other; this order has other rows at line ${before}. Sort the file by this column`,
      );
    if (count > MOST_ROWS) found.error(number, `an order of at most ${MOST_ROWS} rows`);
    const draft = profile.draft(rows, number, found);
    const order = draft === undefined ? undefined : interpret(draft, how, found);
    yield { number, order: found.hasErrors() ? undefined : order, findings: found.all() };
  }
}
