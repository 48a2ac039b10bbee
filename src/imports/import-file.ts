import { createHash } from 'node:crypto';
import type { Sheet } from './file/sheet.ts';
import { finding, type Finding } from './findings.ts';
import type { ImportRuns } from './import-runs.ts';
import { historyOf } from './orders/history.ts';
import type { ImportedOrder } from './orders/imported-order.ts';
import type { Understanding } from './orders/interpret.ts';
import { readOrders, type OrderFile, type ReadOrder } from './read-orders.ts';
import type { Profile } from './profiles/profile.ts';
import { ImpossibleHistory } from './past/past-order.ts';
import type { Written } from './past/write-past.ts';
import type { NumberOfFile } from './series.ts';

/** The orders of another shop system's table. */
export const tableFile = (sheet: Sheet, profile: Profile, how: Understanding): OrderFile<ImportedOrder> => ({
  orders: (onBytes) => readOrders(sheet, profile, how, onBytes),
  impossible,
  nothing: finding(
    'warning',
    { text: '', line: sheet.line, column: profile.layout.required[0] ?? '' },
    'rows below the header; the file has none',
  ),
  numbersOf: ({ number }) => [{ kind: 'external', number }],
});

export type Checked = {
  /** Orders in the file, including those that cannot be imported. */
  readonly orders: number;
  readonly importable: number;
  readonly errors: number;
  readonly warnings: number;
  /** Hash of its content. */
  readonly sha256: string;
};

type Watching = {
  /** Called for each finding at once, so that memory does not grow with the number of findings. */
  readonly onFinding: (finding: Finding) => void;
  readonly onBytes: (read: number) => void;
  /** Called for each number of an order that can be imported. */
  readonly onNumber?: (number: NumberOfFile) => void;
};

/** Numbers and customers do not affect which histories are possible. */
const PLACEHOLDER = { source: 'check', customer_id: 'check', order_number: '', payment_number: '' };

/** Checks a past order against Waybill's own rules. */
const impossible = ({ number, order }: ReadOrder): readonly Finding[] => {
  try {
    if (order !== undefined) historyOf(order, PLACEHOLDER);
    return [];
  } catch (error) {
    if (!(error instanceof ImpossibleHistory) || number === undefined) throw error;
    return [finding('error', number, `an order that Waybill's rules allow: ${error.message}`)];
  }
};

/** Reads a whole file and reports everything that is wrong with it. Nothing is written. */
export const checkFile = async <T>(
  { orders, impossible = () => [], nothing, numbersOf }: OrderFile<T>,
  { onFinding, onBytes, onNumber = () => undefined }: Watching,
): Promise<Checked> => {
  const hash = createHash('sha256');
  const counts = { orders: 0, importable: 0, errors: 0, warnings: 0 };
  let bytesRead = 0;
  const see = (bytes: Uint8Array): void => {
    hash.update(bytes);
    bytesRead += bytes.length;
  };
  const tell = (one: Finding): void => {
    counts[one.severity === 'error' ? 'errors' : 'warnings'] += 1;
    onFinding(one);
  };
  for await (const read of orders(see)) {
    const ruledOut = impossible(read);
    counts.orders += 1;
    if (read.order !== undefined && ruledOut.length === 0) {
      counts.importable += 1;
      numbersOf(read.order).forEach(onNumber);
    }
    [...read.findings, ...ruledOut].forEach(tell);
    onBytes(bytesRead);
  }
  if (counts.orders === 0 && nothing !== undefined) tell(nothing);
  return { ...counts, sha256: hash.digest('hex') };
};

/** The file has changed since the check. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

export type WritingDeps<T> = {
  readonly write: (order: T, run: string) => Promise<Written>;
  readonly runs: ImportRuns;
  /** Identifies the import in the events: their correlation id. */
  readonly run: string;
  readonly source: string;
  /** Continues an interrupted import of the same file. */
  readonly resume: boolean;
  /** Called with the number of orders done. */
  readonly onOrders: (done: number) => void;
};

export type Imported = { readonly written: number; readonly known: number; readonly events: number };

/** The check has already reported an impossible order as an error. */
const leaveOut = (error: unknown): undefined => {
  if (!(error instanceof ImpossibleHistory)) throw error;
  return undefined;
};

/** Number of orders written concurrently. */
const BATCH = 128;

/**
 * Writes all importable orders of a checked file, several at a time. A crash at any point loses nothing: an order is
 * written as a whole, and a repeated import finds the orders that were written.
 */
export const writeFileOrders = async <T>(
  { orders, impossible = () => [] }: OrderFile<T>,
  { sha256 }: Pick<Checked, 'sha256'>,
  { write, runs, run, source, resume, onOrders }: WritingDeps<T>,
): Promise<Imported> => {
  const key = { source, file_sha256: sha256 };
  const skip = resume ? await runs.done(key) : 0;
  const hash = createHash('sha256');
  const sums = { written: 0, known: 0, events: 0 };
  let seen = 0;
  let batch: T[] = [];
  // The next orders are read and prepared while the previous ones are being written.
  let before: Promise<void> = Promise.resolve();

  const send = async (some: readonly T[], upTo: number): Promise<void> => {
    const outcomes = Promise.all(some.map((order) => write(order, run).catch(leaveOut)));
    const previous = before;
    before = outcomes.then(async (all) => {
      await previous;
      for (const one of all) {
        if (one === undefined) continue;
        sums[one.outcome] += 1;
        sums.events += one.events;
      }
      await runs.note(key, upTo);
      onOrders(upTo);
    });
    before.catch(() => undefined); // thrown where it is awaited
    await previous;
  };

  for await (const read of orders((bytes) => void hash.update(bytes))) {
    const { order } = read;
    seen += 1;
    if (order === undefined) continue;
    if (seen <= skip) {
      if (impossible(read).length === 0) sums.known += 1;
      continue;
    }
    batch.push(order);
    if (batch.length < BATCH) continue;
    await send(batch, seen);
    batch = [];
  }
  await send(batch, seen);
  await before;
  if (hash.digest('hex') !== sha256)
    throw new FileChanged('The file was changed while it was imported. Check what it says now, and import it again.');
  return sums;
};
