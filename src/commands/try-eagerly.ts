/**
 * Waits for steps that a request takes early, so that its answer shows them. One that fails is left to the process, which
 * takes the same step from the log, and shows the failure if it lasts.
 */
export const tryEagerly = async (steps: readonly Promise<unknown>[]): Promise<void> => {
  await Promise.allSettled(steps);
};
