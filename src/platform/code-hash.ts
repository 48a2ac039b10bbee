import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ownCode } from './own-files.ts';

const readCode = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of await ownCode()) hash.update(await readFile(file));
  return hash.digest('hex');
};

let known: Promise<string> | undefined;

/**
 * SHA-256 over Waybill's code: another release, or a changed working copy, has another. Read once: what changes on the disk
 * afterwards is not what this process runs.
 */
export const hashOfCode = (): Promise<string> => {
  known ??= readCode().catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
};
