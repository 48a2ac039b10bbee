/** How a sandbox service can fail: drop the connection, answer late, answer 500, answer garbage, send half an answer. */
export const FAULTS = ['down', 'slow', '500', 'garbage', 'half'] as const;
export type Fault = (typeof FAULTS)[number];

export const isFault = (word: unknown): word is Fault => (FAULTS as readonly unknown[]).includes(word);

/** The fault that is active, and for how many more requests. */
export const createFaults = () => {
  let fault: Fault | undefined;
  let left = 0;
  return {
    /** `times`: for this many requests. Default: until it is switched off. */
    set: (next: Fault | undefined, times = Infinity): void => {
      fault = next;
      left = times;
    },
    /** The fault for the next request. */
    take: (): Fault | undefined => {
      if (fault === undefined || left <= 0) return undefined;
      left -= 1;
      return fault;
    },
  };
};
