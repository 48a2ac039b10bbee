import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../platform/make-folder.ts';

/** Heads as files outside the database: a change of the database does not change them. */
const NAME = /^(0|[1-9]\d{0,15})\.checkpoint$/;

export type HeadFile = { readonly path: string; readonly size: number; readonly note: string };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Sizes of the heads in the folder, largest first. A folder that does not exist has none. */
const sizesIn = async (folder: string): Promise<readonly number[]> => {
  try {
    const names = await readdir(folder);
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((one, other) => other - one);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
};

const readHeadFile = async (path: string, size: number): Promise<HeadFile> => ({
  path,
  size,
  note: await readFile(path, 'utf8'),
});

/** The heads of a folder, largest first. */
export async function* headFilesIn(folder: string): AsyncGenerator<HeadFile> {
  for (const size of await sizesIn(folder)) yield readHeadFile(join(folder, `${size}.checkpoint`), size);
}

/** Written to a temporary file and renamed, so that no reader finds half a head. An existing head is not changed. */
export const writeHeadFile = async (folder: string, { size, note }: Pick<HeadFile, 'size' | 'note'>): Promise<void> => {
  if ((await sizesIn(folder)).includes(size)) return;
  makeFolder(folder);
  const path = join(folder, `${size}.checkpoint`);
  const draft = `${path}.${randomUUID()}`; // two writers of one process must not share a draft
  const file = await open(draft, 'w', 0o644);
  try {
    await file.writeFile(note);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
};
