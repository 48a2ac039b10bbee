import { StoreUnavailable, type EventStore } from '../../../src/event-store/port.ts';
import type { Dice } from '../../support/random.ts';
import type { Turns } from './turns.ts';

/** The process is no more: whatever it still had to do is not done. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** Thrown a hundred thousand times, and their stacks are never read: one of each, since a stack costs more than a step. */
const DIED = new Died();
const LOST = new StoreUnavailable('the answer was lost');

export type Faults = {
  /** Share of steps at which the process dies, right before or right after. */
  readonly death: number;
  /** Share of steps whose answer is lost, done or not. */
  readonly loss: number;
};

/** One step of a process on something that outlives it. Between two steps every other process may move. */
export type Step = <T>(work: () => T | Promise<T>) => Promise<T>;

export type Tally = {
  steps: number;
  deaths: number;
  losses: number;
  orders: number;
  invoices: number;
  parcels: number;
};

/** The steps of one process, from its start to its death. */
export const createLife = ({
  turns,
  dice,
  faults,
  tally,
}: {
  readonly turns: Turns;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly tally: Tally;
}): Step => {
  let isDead = false;
  const die = (): never => {
    isDead = true;
    tally.deaths += 1;
    throw DIED;
  };
  const lose = (): never => {
    tally.losses += 1;
    throw LOST;
  };
  return async (work) => {
    if (isDead) throw DIED;
    await turns.next();
    tally.steps += 1;
    const fate = dice.chance(faults.death) ? die : dice.chance(faults.loss) ? lose : undefined;
    const isBefore = dice.chance(0.5);
    if (fate !== undefined && isBefore) fate();
    const done = await work();
    if (fate !== undefined) fate();
    return done;
  };
};

/** The store as a process sees it that may die at every call. */
export const mortalStore = (store: EventStore, step: Step): EventStore => ({
  append: (stream, events, expected) => step(() => store.append(stream, events, expected)),
  readStream: (stream, options) => step(() => store.readStream(stream, options)),
  readAll: (options) => step(() => store.readAll(options)),
  readHashes: (options) => step(() => store.readHashes(options)),
  readTexts: (options) => step(() => store.readTexts(options)),
  countAfter: (options) => step(() => store.countAfter(options)),
  head: () => step(() => store.head()),
  subscribe: () => {
    throw new Error('the actors read page by page');
  },
  close: () => Promise.resolve(),
});
