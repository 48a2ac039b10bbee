import type { Dice } from '../../support/random.ts';

/** Lets one of many actors take its next step at a time, so that the dice decide every interleaving. */
export type Turns = {
  /** Runs an actor. It must not wait for another one but through the world they share. */
  readonly play: <T>(act: () => Promise<T>) => Promise<T>;
  /** Runs several actors in place of the one that calls it, which goes on when all of them are done. */
  readonly playAll: <T>(acts: readonly (() => Promise<T>)[]) => Promise<readonly T[]>;
  /** Waits until it is this actor's turn again. */
  readonly next: () => Promise<void>;
};

export const createTurns = (dice: Dice): Turns => {
  const waiting: (() => void)[] = [];
  let moving = 0;

  const moveOn = (): void => {
    if (moving > 0 || waiting.length === 0) return;
    const [go] = waiting.splice(dice.below(waiting.length), 1);
    moving += 1;
    go?.();
  };
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      moving -= 1;
      // All actors start in one go before the first of them moves.
      queueMicrotask(moveOn);
    });

  const play = async <T>(act: () => Promise<T>): Promise<T> => {
    moving += 1;
    try {
      await next();
      return await act();
    } finally {
      moving -= 1;
      moveOn();
    }
  };

  return {
    next,
    play,
    playAll: async (acts) => {
      moving -= 1;
      const done = await Promise.all(acts.map(play));
      moving += 1;
      await next();
      return done;
    },
  };
};
