import { createHash } from 'node:crypto';
import type { Sheet } from './file/sheet.ts';
import { finding, type Finding } from './findings.ts';
import type { ImportRuns } from './import-runs.ts';
import { historyOf, ImpossibleHistory } from './orders/history.ts';
import type { ImportedOrder } from './orders/imported-order.ts';
import type { Understanding } from './orders/interpret.ts';
import { readOrders, type ReadOrder } from './read-orders.ts';
import type { Profile } from './profiles/profile.ts';
import type { Written } from './write.ts';

export type FileToImport = { readonly sheet: Sheet; readonly profile: Profile; readonly how: Understanding };

export type Checked = {
  /** Of the file, those that are none included. */
  readonly orders: number;
  readonly importable: number;
  readonly errors: number;
  readonly warnings: number;
  /** Of its content. */
  readonly sha256: string;
};

type Watching = {
  /** Said as it is found: memory does not grow with what is wrong. */
  readonly onFinding: (finding: Finding) => void;
  readonly onBytes: (read: number) => void;
};

/** Numbers and customers do not affect which histories are possible. */
const PLACEHOLDER = { source: 'check', customer_id: 'check', order_number: '', payment_number: '' };

/** What Waybill's own rules say to an order of the past. */
const impossible = ({ number, order }: ReadOrder): readonly Finding[] => {
  try {
    if (order !== undefined) historyOf(order, PLACEHOLDER);
    return [];
  } catch (error) {
    if (!(error instanceof ImpossibleHistory) || number === undefined) throw error;
    return [finding('error', number, `an order that Waybill's rules allow: ${error.message}`)];
  }
};

/** Reads a whole file and says everything that is wrong with it. Nothing is written. */
export const checkFile = async (
  { sheet, profile, how }: FileToImport,
  { onFinding, onBytes }: Watching,
): Promise<Checked> => {
  const hash = createHash('sha256');
  const counts = { orders: 0, importable: 0, errors: 0, warnings: 0 };
  let bytesRead = 0;
  const see = (bytes: Uint8Array): void => {
    hash.update(bytes);
    bytesRead += bytes.length;
  };
  for await (const read of readOrders(sheet, profile, how, see)) {
    const ruledOut = impossible(read);
    counts.orders += 1;
    if (read.order !== undefined && ruledOut.length === 0) counts.importable += 1;
    for (const one of [...read.findings, ...ruledOut]) {
      counts[one.severity === 'error' ? 'errors' : 'warnings'] += 1;
      onFinding(one);
    }
    onBytes(bytesRead);
  }
  return { ...counts, sha256: hash.digest('hex') };
};

/** The file is not the one that was checked. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

export type WritingDeps = {
  readonly write: (order: ImportedOrder, run: string) => Promise<Written>;
  readonly runs: ImportRuns;
  /** Names the import in the events: their correlation id. */
  readonly run: string;
  readonly source: string;
  /** Goes on where an import of the same file was interrupted. */
  readonly resume: boolean;
  /** Orders of the file that are done. */
  readonly onOrders: (done: number) => void;
};

export type Imported = { readonly written: number; readonly known: number; readonly events: number };

/** The check has said so: an order that could not have happened is one with an error. */
const leaveOut = (error: unknown): undefined => {
  if (!(error instanceof ImpossibleHistory)) throw error;
  return undefined;
};

/** Orders that are written at once. */
const BATCH = 128;

/**
 * Writes every order of a checked file that can be imported, some at a time. Dying anywhere loses nothing: an order is
 * written as a whole, and what was written is found again.
 */
export const writeFileOrders = async (
  { sheet, profile, how }: FileToImport,
  { sha256 }: Pick<Checked, 'sha256'>,
  { write, runs, run, source, resume, onOrders }: WritingDeps,
): Promise<Imported> => {
  const key = { source, file_sha256: sha256 };
  const skip = resume ? await runs.done(key) : 0;
  const hash = createHash('sha256');
  const sums = { written: 0, known: 0, events: 0 };
  let seen = 0;
  let batch: ImportedOrder[] = [];
  // The next orders are read and prepared while the ones before are on their way to the disk.
  let before: Promise<void> = Promise.resolve();

  const send = async (orders: readonly ImportedOrder[], upTo: number): Promise<void> => {
    const outcomes = Promise.all(orders.map((order) => write(order, run).catch(leaveOut)));
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

  for await (const { order } of readOrders(sheet, profile, how, (bytes) => void hash.update(bytes))) {
    seen += 1;
    if (seen <= skip || order === undefined) continue;
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
