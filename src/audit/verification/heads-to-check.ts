import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { headFilesIn } from '../head-files.ts';
import type { GivenHead } from './check-heads.ts';

export type HeadToCheck = GivenHead;

/** The head in a file, or all heads in a folder, kept by the caller. */
export const readHeadsAt = async (path: string): Promise<readonly HeadToCheck[]> => {
  if (!(await stat(path)).isDirectory())
    return [{ source: 'kept', name: basename(path), note: await readFile(path, 'utf8') }];
  const heads: HeadToCheck[] = [];
  for await (const { path: file, note } of headFilesIn(path))
    heads.push({ source: 'kept', name: basename(file), note });
  return heads;
};
