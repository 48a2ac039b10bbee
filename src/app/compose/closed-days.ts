import type { Knex } from 'knex';
import { createFindClosedDay, type Numbering } from '../../audit/index.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { ClosedDays } from '../../http/server/closed-days.ts';
import { createWaitForPosition } from '../../projections/engine/index.ts';

/** A read model is seldom further behind than this. */
const REACHED_WITHIN_MS = 2_000;

export type ClosedDaysOptions = {
  readonly db: Knex;
  readonly store: EventStore;
  /** How the store numbers its events. Default: positions, as PostgreSQL does. */
  readonly numbering?: Numbering | undefined;
  readonly timeZone: string;
};

/** The closed business days of this installation. */
export const closedDaysOf = ({ db, store, numbering = 'positions', timeZone }: ClosedDaysOptions): ClosedDays => {
  const waitFor = createWaitForPosition(db);
  return {
    find: createFindClosedDay({ db, store, numbering, timeZone }),
    hasReached: (readModel, position) => waitFor(readModel, position, REACHED_WITHIN_MS),
  };
};
