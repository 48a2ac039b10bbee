/** How long a process may say nothing before others take what it holds. */
export const LEASE_MS = 10_000;
/** So often it says something in that time. */
const BEATS = 5;

/** Others may have taken what this process held: it was frozen, or the database has not heard of it for too long. */
export class LeaseRanOut extends Error {
  override readonly name = 'LeaseRanOut';
}

/**
 * What a process holds with a session of the database: the server ends a session that has said nothing for the time of the
 * lease, and what it held is free. So a process that is frozen, or whose machine has vanished, delays others no longer than that.
 */
export type Lease = {
  readonly ms: number;
  /** Says something now and then. `onLost`: the session is gone. Answers how to end it. */
  readonly hold: (beat: () => Promise<unknown>, onLost: (error: unknown) => void) => () => void;
  /** @throws LeaseRanOut when the database has not heard of this process for longer than the lease */
  readonly demand: () => void;
};

export const createLease = (ms = LEASE_MS): Lease => {
  /** Undefined: nothing is held. */
  let heardAt: number | undefined;
  return {
    ms,
    hold: (beat, onLost) => {
      heardAt = performance.now();
      let isBeating = false;
      const beatOnce = async (): Promise<void> => {
        if (isBeating) return;
        isBeating = true;
        const saidAt = performance.now();
        try {
          await beat();
          if (heardAt !== undefined) heardAt = saidAt;
        } catch (error) {
          onLost(error);
        }
        isBeating = false;
      };
      const timer = setInterval(() => void beatOnce(), ms / BEATS);
      return () => {
        clearInterval(timer);
        heardAt = undefined;
      };
    },
    demand: () => {
      if (heardAt === undefined || performance.now() - heardAt <= ms) return;
      throw new LeaseRanOut(`nothing was heard of this process for ${ms} ms: others have taken its work`);
    },
  };
};
