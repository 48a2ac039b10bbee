import { readFile, readdir } from 'node:fs/promises';

/** As `/proc` of Linux tells them; elsewhere there are none. */
export type Process = { readonly pid: number; readonly parent: number; readonly cpuMs: number };

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10;

/** Undefined: there is no such process. */
const readProcess = async (pid: number): Promise<Process | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // Behind the name, which may contain anything: state, parent, …, then own time and that of children that have ended.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuMs: ticks * TICK_MS };
};

const readProcesses = async (): Promise<readonly Process[]> => {
  const names = await readdir('/proc').catch(() => []);
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return all.filter((found) => found !== undefined);
};

/** CPU time that a process has used so far, milliseconds; none where it has ended. */
export const cpuOf = async (pid: number): Promise<number> => (await readProcess(pid))?.cpuMs ?? 0;

/** All processes below this one. */
export const readTree = async (root: number): Promise<readonly Process[]> => {
  const all = await readProcesses();
  const below = (pid: number): readonly Process[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
};

/** CPU time that the processes below this one have used so far, but for some of them; milliseconds. */
export const cpuBelow = async (root: number, ...but: readonly (number | undefined)[]): Promise<number> =>
  (await readTree(root)).reduce((sum, { pid, cpuMs }) => (but.includes(pid) ? sum : sum + cpuMs), 0);
