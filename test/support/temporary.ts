import { chmod, mkdtemp, realpath, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TemporaryFolder = { readonly path: string; readonly remove: () => Promise<void> };

const ENOUGH_BYTES = 4 * 1024 ** 3;

const folderIn = async (place: string): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(await realpath(place), 'waybill-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};

/** A folder of one's own, without symlinks in its name. */
export const temporaryFolder = (): Promise<TemporaryFolder> => folderIn(process.env['TEST_FOLDER'] ?? tmpdir());

const hasRoom = async (place: string): Promise<boolean> => {
  const room = await statfs(place).catch(() => undefined);
  return room !== undefined && room.bavail * room.bsize >= ENOUGH_BYTES;
};

/**
 * Where a run keeps all its folders, as `TEST_FOLDER`: in memory where there is enough of it. A test database is a
 * thousand files that live for a second, and no test pulls the plug.
 */
export const runFolder = async (): Promise<TemporaryFolder> => {
  const folder = await folderIn((await hasRoom('/dev/shm')) ? '/dev/shm' : tmpdir());
  await chmod(folder.path, 0o711); // PostgreSQL may have to run as somebody else
  return folder;
};
