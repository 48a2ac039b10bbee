/** One of several that work side by side. */
export type Participant = {
  /** Settles when all others who are at work have asked for the same, or after the longest wait. */
  readonly meet: () => Promise<void>;
  /** Has finished its work; the others do not wait for it. */
  readonly leave: () => void;
};

/** Makes callers that do the same work at the same time wait for each other, at most this long in milliseconds. */
export const createMeeting = (longestWaitMs: number): { readonly enter: () => Participant } => {
  let atWork = 0;
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  const goOn = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const met = waiting;
    waiting = [];
    for (const resolve of met) resolve();
  };
  const goOnWhenAllAreHere = (): void => {
    if (waiting.length > 0 && waiting.length >= atWork) goOn();
  };

  return {
    enter: () => {
      atWork += 1;
      return {
        meet: () =>
          new Promise((resolve) => {
            waiting.push(resolve);
            timer ??= setTimeout(goOn, longestWaitMs);
            goOnWhenAllAreHere();
          }),
        leave: () => {
          atWork -= 1;
          goOnWhenAllAreHere();
        },
      };
    },
  };
};
