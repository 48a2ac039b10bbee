import { setPriority } from 'node:os';
import type { FromRole } from './role-messages.ts';

/** Whether this process was forked by a supervisor. Alone it takes signals itself and reports to nobody. */
export const isSupervised = (): boolean => process.send !== undefined;

export const notifySupervisor = async (message: FromRole): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });

/** Says that this role serves now; `detail` is for the supervisor to show, e.g. the address. */
export const reportReady = async (detail = ''): Promise<void> => notifySupervisor({ type: 'ready', detail });

/** Ends this process because it cannot start: with one line, told by the supervisor if there is one. */
export const failBoot = async (reason: string): Promise<never> => {
  if (isSupervised()) await notifySupervisor({ type: 'failed', reason });
  else process.stderr.write(`${reason}\n`);
  process.exit(1);
};

/** As with the command `nice`: 0 is everybody's, 19 the least. */
const LATER = 5;

/** On a machine that is short of processors, those whom somebody waits for go first. */
export const letOthersGoFirst = (): void => {
  try {
    setPriority(LATER);
  } catch {
    // some systems forbid it; then all are equal
  }
};
