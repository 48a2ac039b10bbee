import { createEventCheck } from '../../event-store/codec.ts';
import { decodeFile } from '../file/encoding.ts';
import { openFindings, UnreadableFile, type Cell, type Findings } from '../findings.ts';
import type { OrderFile, ReadOrder } from '../read-orders.ts';
import { readLine, type BroughtNumber, type PastHistory } from './read-line.ts';

/** More characters than any order has that the event store accepts. */
const LONGEST_LINE = 64_000_000;
/** Orders whose numbers are looked up together. */
const BATCH = 128;

export type HistoryFileDeps = {
  /** The numbers that something else has here. */
  readonly taken: (numbers: readonly BroughtNumber[]) => Promise<readonly BroughtNumber[]>;
  readonly now: string;
};

type NumberedLine = { readonly text: string; readonly line: number };

async function* linesOf(path: string, onBytes?: (bytes: Uint8Array) => void): AsyncGenerator<NumberedLine> {
  let rest = '';
  let line = 0;
  for await (const text of decodeFile(path, 'utf-8', onBytes)) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield { text: part, line: (line += 1) };
    if (rest.length > LONGEST_LINE)
      throw new UnreadableFile(`${path}: line ${line + 1} is longer than any order. Is it a history of Waybill?`);
  }
  if (rest !== '') yield { text: rest, line: line + 1 };
}

/** What a line says, before its numbers are compared with those of the shop. */
type Candidate = { readonly cell: Cell; readonly found: Findings; readonly order: PastHistory | undefined };

/** The orders of `npm run export -- history`. */
export const historyFile = (path: string, { taken, now }: HistoryFileDeps): OrderFile<PastHistory> => {
  const compared = async (candidates: readonly Candidate[]): Promise<readonly ReadOrder<PastHistory>[]> => {
    const clashes = new Set(await taken(candidates.flatMap(({ order }) => order?.numbers ?? [])));
    return candidates.map(({ cell, found, order }) => {
      for (const number of order?.numbers ?? [])
        if (clashes.has(number))
          found.error(
            { ...cell, text: number.number, column: `number of the ${number.kind}` },
            'a number that nothing else has in this shop',
          );
      return { number: cell, order: found.hasErrors() ? undefined : order, findings: found.all() };
    });
  };

  return {
    numbersOf: ({ numbers }) => numbers,
    orders: async function* (onBytes) {
      const check = createEventCheck();
      const seen = new Map<string, number>();
      let batch: Candidate[] = [];
      for await (const { text, line } of linesOf(path, onBytes)) {
        if (text.trim() === '') continue;
        const found = openFindings();
        const cell = { text: `line ${line}`, line, column: 'order' };
        const order = readLine(text, { cell, found, check, now });
        for (const { kind, number } of order?.numbers ?? []) {
          const key = kind === 'document' ? `document ${number}` : number;
          const before = seen.get(key);
          if (before === undefined) seen.set(key, line);
          else
            found.error(
              { ...cell, text: number, column: `number of the ${kind}` },
              `a number that line ${before} does not have`,
            );
        }
        batch.push({ cell: { ...cell, text: order?.numbers[0]?.number ?? cell.text }, found, order });
        if (batch.length < BATCH) continue;
        yield* await compared(batch);
        batch = [];
      }
      yield* await compared(batch);
    },
  };
};
