import type { Position } from '../port.ts';

/** Events looked at in one step of a search. */
const STEP = 1_000;
/** Places kept for later searches; beyond that every other one is forgotten. */
const MAX_KEPT = 4_096;

/** Positions of events from one on, that one included, in order. Fewer than the limit: there are no more, or large ones. */
type ReadPositions = (
  from: Position,
  limit: number,
) => Promise<{ readonly positions: readonly Position[]; readonly isEnd: boolean }>;

/**
 * Finds the event at or before a position. The server rejects a read from a position that is no event's, and a caller may
 * name any: then the log is walked from the nearest place that an earlier walk has passed.
 */
export const createPlaces = (read: ReadPositions) => {
  let passed: readonly Position[] = [];

  const pass = (position: Position): void => {
    if (passed.includes(position)) return;
    passed = [...passed, position].toSorted((a, b) => (a < b ? -1 : 1));
    if (passed.length > MAX_KEPT) passed = passed.filter((_, index) => index % 2 === 0);
  };

  /** `0n` where no event is before. */
  return async (position: Position): Promise<Position> => {
    let last = passed.findLast((one) => one <= position) ?? 0n;
    for (;;) {
      const { positions, isEnd } = await read(last, STEP);
      const beyond = positions.findIndex((one) => one > position);
      if (beyond >= 0) return positions[beyond - 1] ?? last;
      last = positions.at(-1) ?? last;
      if (isEnd) return last;
      pass(last);
    }
  };
};
