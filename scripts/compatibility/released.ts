import { readdir, readFile } from 'node:fs/promises';
import type { Schema } from './schemas.ts';

export const RELEASED = new URL('../../docs/released/', import.meta.url);

const FILE = /^openapi-(\d+)\.(\d+)\.(\d+)\.json$/;

const versionOf = (file: string): readonly number[] => (FILE.exec(file) ?? []).slice(1).map(Number);

const byVersion = (one: string, other: string): number => {
  const [a, b] = [versionOf(one), versionOf(other)];
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0);
};

/** The newest of some files' names. */
export const newest = (files: readonly string[]): string | undefined =>
  files
    .filter((file) => FILE.test(file))
    .toSorted(byVersion)
    .at(-1);

/** The document of the last release, as it was served then. */
export const lastReleased = async (): Promise<{ readonly file: string; readonly document: Schema }> => {
  const file = newest(await readdir(RELEASED));
  if (file === undefined) throw new Error('docs/released holds no OpenAPI document');
  return { file, document: JSON.parse(await readFile(new URL(file, RELEASED), 'utf8')) as Schema };
};
