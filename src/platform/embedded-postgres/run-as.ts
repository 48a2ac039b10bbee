import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { unavailable } from './failure.ts';

const run = promisify(execFile);
const UNPRIVILEGED_UID = 65_534;

/** How PostgreSQL, which does not run as root, is started: words put before its command, and the owner of its files. */
export type RunAs = {
  readonly name: 'self' | 'user namespace' | 'owner' | 'unprivileged with file access' | 'nobody';
  readonly prefix: readonly string[];
  /** Numeric id that has to own the cluster's folder; undefined: the one we run as. */
  readonly uid?: number;
};

/** Not inherited from ours: the environment of PostgreSQL must not depend on who starts it. */
export const environment = ({ libraryPath }: Binaries): NodeJS.ProcessEnv => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  TZ: 'UTC',
  ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
});

const self: RunAs = { name: 'self', prefix: [] };

const asUser = (name: 'owner' | 'nobody', uid: number): RunAs => ({
  name,
  prefix: ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'],
  uid,
});

/** For root, best first. Only the first two reach a clone or a data folder under 0700 folders. */
export const WAYS_FOR_ROOT: readonly RunAs[] = [
  { name: 'user namespace', prefix: ['unshare', '-U', '--map-user=1000', '--map-group=1000'] },
  {
    name: 'unprivileged with file access',
    prefix: [
      ...asUser('nobody', UNPRIVILEGED_UID).prefix,
      // Without this bit access(2), by which initdb looks for its programs, would leave the capabilities out.
      '--securebits=+no_setuid_fixup',
      '--inh-caps=+dac_override,+dac_read_search',
      '--ambient-caps=+dac_override,+dac_read_search',
    ],
    uid: UNPRIVILEGED_UID,
  },
  asUser('nobody', UNPRIVILEGED_UID),
];

const works = async ({ prefix }: RunAs, binaries: Binaries): Promise<boolean> => {
  try {
    for (const program of [binaries.postgres, binaries.initdb]) {
      const [command, ...args] = [...prefix, program, '--version'];
      await run(command, args, { env: environment(binaries), timeout: 10_000 });
    }
    return true;
  } catch {
    return false;
  }
};

const ownerOf = async (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ uid }) => uid,
    () => undefined,
  );

/** A cluster that an ordinary user made stays that user's, even if root starts it once. */
const candidates = async (clusterFolder: string): Promise<readonly RunAs[]> => {
  if (process.getuid?.() !== 0) return [self];
  const owner = await ownerOf(clusterFolder);
  return owner === undefined || owner === 0 || owner === UNPRIVILEGED_UID
    ? WAYS_FOR_ROOT
    : [asUser('owner', owner), ...WAYS_FOR_ROOT];
};

/** Asks the kernel to end PostgreSQL when its keeper is killed: SIGINT is its fast shutdown. */
const withDeathSignal = (runAs: RunAs): RunAs => ({
  ...runAs,
  prefix: [...runAs.prefix, 'setpriv', '--pdeathsig', 'INT', '--'],
});

/** Picks the first way of starting PostgreSQL that works on this machine. */
export const chooseRunAs = async (
  binaries: Binaries,
  clusterFolder: string,
  ways?: readonly RunAs[],
): Promise<RunAs> => {
  for (const way of ways ?? (await candidates(clusterFolder))) {
    if (process.platform === 'linux' && (await works(withDeathSignal(way), binaries))) return withDeathSignal(way);
    if (await works(way, binaries)) return way;
  }
  throw unavailable(
    process.getuid?.() === 0
      ? 'it does not run as root, and neither a user namespace nor an unprivileged user can be used here: start as an ordinary user'
      : `its program ${binaries.postgres} does not run on this machine`,
  );
};

/** Gives the folder to the user that PostgreSQL will run as. */
export const handOver = async ({ uid }: RunAs, path: string): Promise<void> => {
  if (uid !== undefined && (await ownerOf(path)) !== uid) await chown(path, uid, uid);
};
