import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ownCode } from './own-files.ts';

/** SHA-256 over Waybill's code: another release, or a changed working copy, has another. */
export const hashOfCode = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of await ownCode()) hash.update(await readFile(file));
  return hash.digest('hex');
};
