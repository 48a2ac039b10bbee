import { despiteOutages, type WritePast, type Written } from '../past/write-past.ts';
import type { BroughtNumber, PastHistory } from './read-line.ts';

/** Something else got a number of the file since it was checked. */
export class NumberTaken extends Error {
  override readonly name = 'NumberTaken';
}

/** Writes an order of another Waybill under the numbers that it had there. They are kept for it first. */
export const createWriteHistory =
  (writePast: WritePast, claim: (numbers: readonly BroughtNumber[]) => Promise<readonly BroughtNumber[]>) =>
  (history: PastHistory, run: string): Promise<Written> =>
    despiteOutages(async () => {
      const [taken] = await claim(history.numbers);
      if (taken !== undefined)
        throw new NumberTaken(`${taken.number} belongs to something else in this shop. Check the file again.`);
      return writePast(history.past, run);
    });
