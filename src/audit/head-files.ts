import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../platform/make-folder.ts';

/** Heads as files outside the database: a change of the database does not change them. */
const NAME = /^(0|[1-9]\d{0,15})(?:-[1-9]\d{0,5})?\.checkpoint$/;

export type HeadFile = { readonly path: string; readonly size: number; readonly note: string };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Names and sizes of the heads in the folder, largest first. A folder that does not exist has none. */
const namesIn = async (folder: string): Promise<readonly { readonly name: string; readonly size: number }[]> => {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => NAME.test(name))
      .map((name) => ({ name, size: Number(NAME.exec(name)?.[1]) }))
      .toSorted((one, other) => other.size - one.size);
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
  for (const { name, size } of await namesIn(folder)) yield readHeadFile(join(folder, name), size);
}

/** After a restore another head may have the same size. */
export const headFileName = ({ size, epoch }: { readonly size: number; readonly epoch: number }): string =>
  epoch === 1 ? `${size}.checkpoint` : `${size}-${epoch}.checkpoint`;

/** Written to a temporary file and renamed, so that no reader finds half a head. An existing head is not changed. */
export const writeHeadFile = async (
  folder: string,
  { size, epoch, note }: Pick<HeadFile, 'size' | 'note'> & { readonly epoch: number },
): Promise<void> => {
  const own = headFileName({ size, epoch });
  if ((await namesIn(folder)).some(({ name }) => name === own)) return;
  makeFolder(folder);
  const path = join(folder, own);
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
