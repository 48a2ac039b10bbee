import { readFileSync } from 'node:fs';
import { ownFile } from '../platform/own-files.ts';

/** As in package.json. */
export const VERSION = String(
  (JSON.parse(readFileSync(ownFile('package.json'), 'utf8')) as { version: unknown }).version,
);
