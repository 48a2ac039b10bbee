import type { Instant } from '../../domain/shared/decider.ts';
import type { Position } from '../../event-store/port.ts';
import { invalid, problem } from './problem.ts';

/** Where a closed business day ends: in the log, and the first moment of the next day. */
export type CloseOfDay = { readonly position: Position; readonly until: Instant };

export type ClosedDays = {
  /** Undefined: the day is not closed yet. */
  readonly find: (day: string) => Promise<CloseOfDay | undefined>;
  /** Whether a read model knows everything up to a position, now or in a moment. */
  readonly hasReached: (readModel: string, position: Position) => Promise<boolean>;
};

/**
 * The close of the business day that `as_of` names, once a read model can show it.
 * @throws Problem when the day is not closed yet, since more may be recorded on it
 */
export const demandClosed = async (
  { find, hasReached }: ClosedDays,
  day: string,
  readModel: string,
): Promise<CloseOfDay> => {
  const close = await find(day);
  if (close === undefined)
    throw invalid([{ field: 'as_of', message: 'must be a business day that is closed', received: day }]);
  if (await hasReached(readModel, close.position)) return close;
  const detail = 'The close of this day is not known here yet. Repeat the request.';
  throw problem('read_model.behind', detail, { headers: { 'Retry-After': '1' } });
};
