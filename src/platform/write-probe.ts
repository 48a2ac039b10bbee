/** A probe that succeeded counts for this long, so that many who ask for health cost one write. Milliseconds. */
const GOOD_FOR_MS = 1_000;

/** Tries to write, one at a time. It fails when the attempt fails: read-only, a full disk, or no answer. */
export const createWriteProbe = (write: () => PromiseLike<unknown>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let succeededAt = -Infinity;

  const probe = async (): Promise<void> => {
    await write();
    succeededAt = performance.now();
  };

  return async () => {
    if (performance.now() - succeededAt < GOOD_FOR_MS) return;
    running ??= probe().finally(() => (running = undefined));
    await running;
  };
};
