import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

type Stat = { readonly command: string; readonly state: string; readonly start: string };

/** `/proc/PID/stat`; the command name in brackets may itself hold spaces and brackets. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    return { command: text.slice(text.indexOf('(') + 1, end), state: fields[0] ?? 'X', start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
};

const ps = (pid: number, column: string): string | undefined => {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
};

/**
 * When the process started, in whatever unit the system counts, or undefined if it does not live. With the id it
 * names one process for good: ids are used again, above all in containers. A zombie counts as dead, since no parent may
 * ever collect it.
 */
export const startOf = (pid: number): string | undefined => {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = statOf(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.start;
};

export const isAlive = (pid: number): boolean => startOf(pid) !== undefined;

/** Does the kernel still hold this process id, zombies included? PostgreSQL asks this way. */
export const isKnown = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

export const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const worksIn = (pid: number, folder: string): boolean => {
  if (process.platform !== 'linux') return ps(pid, 'command')?.includes(folder) ?? false;
  try {
    // The name too: a person's shell may stand in that folder.
    return statOf(pid)?.command === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
};

/** Is this a live process of the cluster? The postmaster and all its children work in the cluster's folder. */
export const isPostgresOf = (pid: number, clusterFolder: string): boolean =>
  isAlive(pid) && worksIn(pid, clusterFolder);

/** Every live process that works in the folder. Only Linux can tell. */
export const processesIn = (folder: string): readonly number[] =>
  process.platform === 'linux'
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => pid !== process.pid && isPostgresOf(pid, folder))
    : [];
