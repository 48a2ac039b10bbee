import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendSignal } from '../../../src/platform/embedded-postgres/processes.ts';
import { eventually } from '../../support/eventually.ts';
import type { Machine, Role } from './machine.ts';

/** The process to kill. A role is one process of one machine; the keeper and PostgreSQL are the first machine's. */
export type Victim = Role | 'postgres' | 'keeper';

export type Killed = {
  /** Time until another process was started in its place, milliseconds; undefined for `postgres` and `keeper`. */
  readonly replacedMs: number | undefined;
};

const pidOf = async (victim: 'postgres' | 'keeper', dataDir: string): Promise<number> => {
  if (victim === 'keeper')
    return (JSON.parse(await readFile(join(dataDir, 'keeper.lock'), 'utf8')) as { pid: number }).pid;
  return Number((await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
};

/** Kills it with SIGKILL, by its process id. */
export const killVictim = async (victim: Victim, { pid }: Machine, dataDir: string): Promise<Killed> => {
  if (victim === 'postgres' || victim === 'keeper') {
    sendSignal(await pidOf(victim, dataDir), 'SIGKILL');
    return { replacedMs: undefined };
  }
  const before = pid(victim);
  const killedAt = Date.now();
  sendSignal(before, 'SIGKILL');
  await eventually(`another ${victim} is started`, () => pid(victim) !== before, { within: 30_000, every: 5 });
  return { replacedMs: Date.now() - killedAt };
};
