import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';

const isCode = (name: string): boolean => /(?<!\.d)\.[jt]s$/.test(name);

/** A file itself, or the code in a folder and below it. */
const filesOf = async (place: URL): Promise<readonly URL[]> => {
  if (!(await stat(place)).isDirectory()) return [place];
  const names = await readdir(place, { recursive: true });
  const folder = new URL(`${place.href}/`);
  return names
    .filter(isCode)
    .toSorted()
    .map((name) => new URL(name, folder));
};

/** SHA-256 over the code of these files and folders: another release, or a changed working copy, has another. */
export const hashOfCode = async (places: readonly URL[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of (await Promise.all(places.map(filesOf))).flat()) hash.update(await readFile(file));
  return hash.digest('hex');
};
