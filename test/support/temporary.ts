import { chmod, mkdtemp, readdir, realpath, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/platform/embedded-postgres/processes.ts';

export type TemporaryFolder = { readonly path: string; readonly remove: () => Promise<void> };

const ENOUGH_BYTES = 4 * 1024 ** 3;

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });

const folderIn = async (place: string, prefix = 'waybill-test-'): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(await realpath(place), prefix));
  return { path, remove: () => remove(path) };
};

/** A folder of one's own, without symlinks in its name. */
export const temporaryFolder = (): Promise<TemporaryFolder> => folderIn(process.env['TEST_FOLDER'] ?? tmpdir());

const hasRoom = async (place: string): Promise<boolean> => {
  const room = await statfs(place).catch(() => undefined);
  return room !== undefined && room.bavail * room.bsize >= ENOUGH_BYTES;
};

/** Removes what runs left behind that were killed. */
const removeOrphans = async (place: string): Promise<void> => {
  for (const name of await readdir(place)) {
    const pid = /^waybill-run-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await remove(join(place, name));
  }
};

/**
 * Where a run keeps all its folders, as `TEST_FOLDER`: in memory where there is enough of it. A test database is a
 * thousand files that live for a second, and no test pulls the plug.
 */
export const runFolder = async (): Promise<TemporaryFolder> => {
  const place = (await hasRoom('/dev/shm')) ? '/dev/shm' : tmpdir();
  await removeOrphans(place);
  const folder = await folderIn(place, `waybill-run-${process.pid}-`);
  await chmod(folder.path, 0o711); // PostgreSQL may have to run as another user
  return folder;
};
