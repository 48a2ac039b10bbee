/** How a sandbox service can fail: cut the line, answer late, say 500, talk nonsense, stop in the middle of an answer. */
export const FAULTS = ['down', 'slow', '500', 'garbage', 'half'] as const;
export type Fault = (typeof FAULTS)[number];

export const isFault = (word: unknown): word is Fault => (FAULTS as readonly unknown[]).includes(word);

/** Which fault holds, and for how many requests. */
export const createFaults = () => {
  let fault: Fault | undefined;
  let left = 0;
  return {
    /** `times`: for so many requests. Default: until it is switched off. */
    set: (next: Fault | undefined, times = Infinity): void => {
      fault = next;
      left = times;
    },
    /** What the next request meets. */
    take: (): Fault | undefined => {
      if (fault === undefined || left <= 0) return undefined;
      left -= 1;
      return fault;
    },
  };
};
