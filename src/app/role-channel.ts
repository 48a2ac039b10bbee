/** What a role tells its supervisor over the channel between them. */
export type FromRole =
  | { readonly type: 'ready'; readonly detail: string }
  /** It cannot start; the reason is one line that names the fix. */
  | { readonly type: 'failed'; readonly reason: string }
  /** A signal reached it; the supervisor decides whether everything stops or only this role. */
  | { readonly type: 'signalled' }
  /** It runs: its event loop has come round. */
  | { readonly type: 'alive' };

export type ToRole = { readonly type: 'stop' };

/** Whether a supervisor forked this process. Without one the process takes signals itself and sends no reports. */
export const isSupervised = (): boolean => process.send !== undefined;

export const notifySupervisor = async (message: FromRole): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });

/** A role is heard of this often. */
const BEAT_MS = 1_000;

/** From now on the supervisor hears that this process runs. One that is frozen says nothing, and is replaced. */
export const beginHeartbeat = (): void => {
  const beat = (): void => void notifySupervisor({ type: 'alive' });
  beat();
  setInterval(beat, BEAT_MS).unref();
};

/** Reports that this role is ready; `detail` is for the supervisor to show, e.g. the address. */
export const reportReady = async (detail = ''): Promise<void> => notifySupervisor({ type: 'ready', detail });

/** Ends this process because it cannot start. The supervisor prints the reason; without one this process does. */
export const failBoot = async (reason: string): Promise<never> => {
  if (isSupervised()) await notifySupervisor({ type: 'failed', reason });
  else process.stderr.write(`${reason}\n`);
  process.exit(1);
};
