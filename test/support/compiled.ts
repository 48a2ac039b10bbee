import { readdir, stat, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const source = join(repository, 'src');
const main = join(repository, 'dist/main.js');

const changedAt = async (file: string): Promise<number> => (await stat(file).catch(() => ({ mtimeMs: 0 }))).mtimeMs;

const isFresh = async (): Promise<boolean> => {
  const compiledAt = await changedAt(main);
  const files = await readdir(source, { recursive: true });
  const times = await Promise.all(files.map((file) => changedAt(join(source, file))));
  return times.every((time) => time < compiledAt);
};

/**
 * The program as people run it, compiled anew if a source has changed since: a process starts three times as fast as
 * from the sources, and tests of processes start hundreds. Types are `npm run check`'s business.
 */
export const compiledMain = async (): Promise<string> => {
  if (await isFresh()) return main;
  const begun = new Date();
  await bundle();
  await utimes(main, begun, begun); // what was changed while it compiled is newer than that
  return main;
};

/**
 * What `node` needs to run a program of the tests' own: in a run it stands compiled beside the tests
 * ({@link compileSuite}), and a file that runs alone hands its loader on.
 */
export const programArgs = (file: URL): readonly string[] => {
  const path = fileURLToPath(file);
  const folder = process.env['COMPILED_FOLDER'];
  if (folder === undefined) return [...process.execArgv, path];
  return [...process.execArgv, join(folder, relative(repository, path).replace(/ts$/, 'js'))];
};
