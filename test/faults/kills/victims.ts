import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { match } from 'ts-pattern';
import { sendSignal } from '../../../src/platform/embedded-postgres/processes.ts';
import { eventually } from '../../support/eventually.ts';
import type { Machine, Role } from './machine.ts';
import type { Service } from './service.ts';

/**
 * What fails. A role is one process of one machine, which is killed or frozen; the keeper and PostgreSQL are the first
 * machine's. `silence`: every connection of the second machine to PostgreSQL is swallowed without a word, new ones pass.
 * `vanished`: the second machine can reach nothing any more, and no side is told so.
 */
export type Victim = Role | `frozen ${Role}` | 'postgres' | 'keeper' | 'silence' | 'vanished';

export type Killed = {
  /** Time until another process was started in its place, milliseconds; undefined where none is. */
  readonly replacedMs: number | undefined;
};

/** How a fault is undone where it does not end by itself. */
export type Fault = { readonly killed: Promise<Killed>; readonly undo: () => void };

const pidOf = async (victim: 'postgres' | 'keeper', dataDir: string): Promise<number> => {
  if (victim === 'keeper')
    return (JSON.parse(await readFile(join(dataDir, 'keeper.lock'), 'utf8')) as { pid: number }).pid;
  return Number((await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
};

const isReplaced = async (role: Role, { pid }: Machine, signal: 'SIGKILL' | 'SIGSTOP'): Promise<Killed> => {
  const before = pid(role);
  const killedAt = Date.now();
  sendSignal(before, signal);
  await eventually(`another ${role} is started`, () => pid(role) !== before, { within: 60_000, every: 5 });
  return { replacedMs: Date.now() - killedAt };
};

/** Lets it fail. A role fails on this machine. */
export const fail = (victim: Victim, machine: Machine, { dataDir, line }: Pick<Service, 'dataDir' | 'line'>): Fault => {
  const undo = (): void => undefined;
  const unreplaced = Promise.resolve({ replacedMs: undefined });
  return match(victim)
    .with('silence', (): Fault => {
      line.swallow();
      return { killed: unreplaced, undo };
    })
    .with('vanished', (): Fault => {
      line.mode('frozen');
      return {
        killed: unreplaced,
        undo: () => {
          line.mode('pass');
          line.cut();
        },
      };
    })
    .with('frozen api', (): Fault => ({ killed: isReplaced('api', machine, 'SIGSTOP'), undo }))
    .with('frozen projector', (): Fault => ({ killed: isReplaced('projector', machine, 'SIGSTOP'), undo }))
    .with('frozen worker', (): Fault => ({ killed: isReplaced('worker', machine, 'SIGSTOP'), undo }))
    .with('api', 'projector', 'worker', 'postgres', 'keeper', (one): Fault => ({
      killed: killVictim(one, machine, dataDir),
      undo,
    }))
    .exhaustive();
};

/** Kills it with SIGKILL, by its process id. */
export const killVictim = async (
  victim: Role | 'postgres' | 'keeper',
  machine: Machine,
  dataDir: string,
): Promise<Killed> => {
  if (victim === 'postgres' || victim === 'keeper') {
    sendSignal(await pidOf(victim, dataDir), 'SIGKILL');
    return { replacedMs: undefined };
  }
  return isReplaced(victim, machine, 'SIGKILL');
};
