import { constants } from 'node:fs';
import { access, lstat, open, readFile, realpath, rename, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Position } from '../event-store/port.ts';
import type { Chunk } from './chunk.ts';

/** How far an export has got: beside the unfinished file, so that it can be continued. */
type State = {
  /** What is exported, with all options. */
  readonly what: string;
  readonly position: string;
  readonly bytes: number;
  readonly rows: number;
  readonly place: unknown;
};

export type Begun = Pick<Chunk, 'place' | 'rows'> & { readonly position: Position };

export type ExportFile = {
  readonly path: string;
  /** Identifies the export: one with other options cannot be continued. */
  readonly what: string;
  /** Continues the unfinished file, if there is one. */
  readonly resume: boolean;
  /** The position of a new export. */
  readonly position: () => Promise<Position>;
  /** `begun`: what the file has already; undefined at its beginning. */
  readonly chunks: (position: Position, begun: Begun | undefined) => AsyncIterable<Chunk>;
  /** Called with the number of rows in the file. */
  readonly onRows: (rows: number) => void;
  /** After so many bytes the file is flushed to the disk, and how far it is is noted. Default 4 MB. */
  readonly flushBytes?: number;
};

/** The file cannot be written or continued. The message says what to do. */
export class CannotExport extends Error {
  override readonly name = 'CannotExport';
}

const orNothing = <T>(found: Promise<T>): Promise<T | undefined> => found.catch(() => undefined);

/**
 * The file that a path names, through symbolic links: one that is not there yet, or a regular file, which is replaced in the
 * end. A device or a folder must be rejected before that: a rename would take the place of the device.
 */
export const exportTarget = async (path: string): Promise<string> => {
  const found = await orNothing(stat(path));
  if (found === undefined && (await orNothing(lstat(path))) !== undefined)
    throw new CannotExport(`${path} is a symbolic link that leads to nothing. Name the file itself.`);
  if (found !== undefined && !found.isFile())
    throw new CannotExport(
      `${path} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}. Name a file to write.`,
    );
  const target = found === undefined ? path : await realpath(path);
  try {
    await access(dirname(target), constants.W_OK);
  } catch (error) {
    throw new CannotExport(`${path} cannot be written. Is its folder there, and may you write in it?`, {
      cause: error,
    });
  }
  return target;
};

const isState = (value: unknown): value is State =>
  typeof value === 'object' &&
  value !== null &&
  'what' in value &&
  'position' in value &&
  'bytes' in value &&
  typeof value.bytes === 'number';

const readState = async (path: string): Promise<State | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isState(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const writeWhole = async (path: string, text: string): Promise<void> => {
  const handle = await open(`${path}.tmp`, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
};

/** A rename is on the disk once its folder is. */
const syncFolderOf = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const openPart = async (part: string, found: State | undefined): Promise<FileHandle> => {
  if (found === undefined) return open(part, 'w');
  const { size } = await stat(part).catch(() => ({ size: -1 }));
  if (size < found.bytes) throw new CannotExport(`${part} is shorter than it was. Export again, without --resume.`);
  await truncate(part, found.bytes);
  return open(part, 'a');
};

/**
 * Writes an export beside its file, which is replaced once it is complete: a reader never sees half of one. A crash at
 * any point leaves what `resume` continues, as of the same position.
 */
export const writeExport = async (
  file: ExportFile,
): Promise<{ readonly rows: number; readonly position: Position }> => {
  const { what, resume, onRows, flushBytes = 4_000_000 } = file;
  const path = await exportTarget(file.path);
  const [part, note] = [`${path}.part`, `${path}.part.json`];
  const found = resume ? await readState(note) : undefined;
  if (found !== undefined && found.what !== what)
    throw new CannotExport(
      `${part} is another export. Use the options with which it was begun, or leave out --resume.`,
    );
  const position = found === undefined ? await file.position() : BigInt(found.position);
  let [bytes, rows, flushed] = [found?.bytes ?? 0, found?.rows ?? 0, found?.bytes ?? 0];
  if (found === undefined) await rm(note, { force: true });
  const handle = await openPart(part, found).catch((error: unknown) => {
    if (error instanceof CannotExport) throw error;
    throw new CannotExport(`${path} cannot be written. Is its folder there, and may you write in it?`, {
      cause: error,
    });
  });
  try {
    const begun = found === undefined ? undefined : { position, place: found.place, rows };
    for await (const chunk of file.chunks(position, begun)) {
      const data = Buffer.from(chunk.text);
      await handle.appendFile(data);
      bytes += data.length;
      rows += chunk.rows;
      onRows(rows);
      if (bytes - flushed < flushBytes || chunk.place === undefined) continue;
      await handle.sync();
      await writeWhole(note, JSON.stringify({ what, position: String(position), bytes, rows, place: chunk.place }));
      flushed = bytes;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, path);
  await rm(note, { force: true });
  await syncFolderOf(path);
  return { rows, position };
};
