import { isOutage } from '../../event-store/outage.ts';
import type { Batch, Position } from '../../event-store/port.ts';
import type { InFlight } from '../../platform/in-flight.ts';
import {
  applyBatch,
  applyEach,
  dayBefore,
  foldBatch,
  makeWholeReady,
  openBatch,
  writeReady,
  type Left,
  type Opened,
  type Ready,
  type Writer,
} from './apply-batch.ts';
import { loadRows, type Move, type WriteRows } from './rows.ts';

type Page = Pick<Batch, 'events' | 'position'>;

export type PipelineOptions = {
  /** Where the checkpoint stands. */
  readonly epoch: string;
  readonly from: Position;
  /** Does what works with opened personal data. Default: nothing waits for it. */
  readonly during?: InFlight['during'] | undefined;
  /** Does a batch whose turn to be written has come, and says what writes it. Default: the writer's own. */
  readonly inTurn?: (<T>(work: (write: WriteRows | undefined) => Promise<T>) => Promise<T>) | undefined;
  /** Told after each write. */
  readonly onWritten?: ((position: Position) => void) | undefined;
};

/**
 * Handles batches in their order: while one is written, the next one is folded, and the one after that is opened and its
 * rows are loaded.
 */
export type Pipeline = {
  /**
   * Takes a batch in; settles when the next one may come, which is before this one is written. False: another process has
   * moved the checkpoint, and nothing more is written.
   * @throws CannotProject on a bug, anything else on an outage, also of a batch before
   */
  readonly handle: (batch: Page) => Promise<boolean>;
  /** The same for all that was taken in, once it is written. */
  readonly settled: () => Promise<boolean>;
};

/** Rows of a batch that are loaded ahead, and rows of one in progress that are kept for those behind it. */
const MOST_BYTES = 8_000_000;

/** A batch in progress; `undefined` where the one behind it must wait until it is written. */
type Step = {
  readonly opened: Promise<Pick<Opened, 'touched'> | undefined>;
  readonly leaves: Promise<Left | undefined>;
  readonly done: Promise<boolean>;
};

const BEGINNING: Step = {
  opened: Promise.resolve({ touched: new Set() }),
  leaves: Promise.resolve({ rows: new Map(), day: undefined, bytes: 0 }),
  done: Promise.resolve(true),
};

const orUndefined = <T>(made: Promise<T>): Promise<T | undefined> => made.catch(() => undefined);

export const openPipeline = (
  writer: Writer,
  { epoch, from, during = (work) => work(), inTurn = (work) => work(writer.write), onWritten }: PipelineOptions,
): Pipeline => {
  const { db, projection, target } = writer;
  let at = from;
  /** All before these two are written when the next batch comes. */
  let [last, lastButOne] = [BEGINNING, BEGINNING];

  /** Folds over what the two batches before leave and over the other rows as the table has them. */
  const makeAhead = async (own: Opened | undefined, move: Move, steps: readonly Step[]): Promise<Ready | undefined> => {
    const inProgress = await Promise.all(steps.map(({ opened }) => opened));
    if (own === undefined || inProgress.includes(undefined)) return undefined;
    const toLoad = own.wanted.filter((key) => !inProgress.some((step) => step?.touched.has(key)));
    const [{ entries, left }, ...leaves] = await Promise.all([
      loadRows(db, projection, target, toLoad, MOST_BYTES),
      ...steps.map((step) => step.leaves),
    ]);
    if (left.length > 0 || leaves.some((one) => one === undefined || one.bytes > MOST_BYTES)) return undefined;
    for (const key of own.wanted) {
      const row = leaves.find((one) => one?.rows.has(key))?.rows.get(key);
      if (row !== undefined) entries.set(key, { stored: row, current: row });
    }
    const day = leaves[0]?.day ?? (await dayBefore(writer, move));
    return foldBatch(writer, own, { move, entries, day });
  };

  const write = async (batch: Page, move: Move, ready: Promise<Ready | undefined>): Promise<boolean> =>
    inTurn(async (by) => {
      const own = { ...writer, write: by };
      const made = await ready;
      // A batch that cannot be made ready is handled in parts or event by event, where a bug comes to light.
      if (made === undefined) return applyBatch(own, batch, move);
      try {
        return await writeReady(own, made);
      } catch (error) {
        if (isOutage(error)) throw error;
        return applyEach(own, batch.events, move);
      }
    });

  const handle = (batch: Page): Promise<boolean> => {
    const [before, beforeThat] = [last, lastButOne];
    const move = { epoch, from: at, to: batch.position };
    const opened = orUndefined(openBatch(writer, batch.events));
    const ahead = orUndefined(opened.then((own) => makeAhead(own, move, [before, beforeThat])));
    const ready = orUndefined(
      ahead.then(async (made) => {
        if (made !== undefined || !(await before.done)) return made;
        return makeWholeReady(writer, batch.events, move);
      }),
    );
    const done = during(async () => {
      try {
        if (!(await before.done)) return false;
        const isMoved = await write(batch, move, ready);
        if (isMoved) onWritten?.(batch.position);
        return isMoved;
      } finally {
        await ready; // until then, what was opened is in use
      }
    });
    done.catch(() => undefined); // what waits for it gets the error
    at = batch.position;
    [last, lastButOne] = [{ opened, leaves: ready.then((made) => made?.leaves), done }, before];
    const mayGoOn = Promise.all([beforeThat.done, opened]).then(([isMoved]) => isMoved);
    return Promise.race([mayGoOn, done]);
  };

  const settled = async (): Promise<boolean> => {
    const isMoved = await last.done;
    if (isMoved) [last, lastButOne] = [BEGINNING, BEGINNING]; // keeps no rows while there is nothing to do
    return isMoved;
  };

  return { handle, settled };
};
