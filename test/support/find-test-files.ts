import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Longer suites and those that need a server: only when named. */
const ONLY_WHEN_NAMED = ['test/faults/', 'test/containers/', 'test/eventstoredb/'];

/** Test files below `root/test` whose path contains one of the words, or all when there is none. */
export const findTestFiles = async (root: string, words: readonly string[]): Promise<readonly string[]> => {
  const entries = await readdir(join(root, 'test'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  return files.filter((file) => {
    const special = ONLY_WHEN_NAMED.find((folder) => file.startsWith(folder));
    const named = words.some((word) => file.includes(word.replace(/^\.\//, '')));
    if (special === undefined) return words.length === 0 || named;
    return named && words.some((word) => `${word}/`.includes(special) || file.endsWith(word));
  });
};
