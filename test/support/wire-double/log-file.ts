import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { LogRecord } from './event-log.ts';

const toJson = (record: LogRecord): unknown => ({
  ...record,
  revision: String(record.revision),
  position: String(record.position),
  data: record.data.toString('base64'),
  metadata: record.metadata.toString('base64'),
});

type Json = Record<keyof LogRecord, string> & { readonly createdMs: number };

const fromJson = (json: Json): LogRecord => ({
  ...json,
  revision: BigInt(json.revision),
  position: BigInt(json.position),
  data: Buffer.from(json.data, 'base64'),
  metadata: Buffer.from(json.metadata, 'base64'),
});

/** One line an append, so that a kill in the middle of a write leaves whole appends only. */
export const createLogFile = (path: string | undefined) => {
  if (path === undefined)
    return { read: (): readonly LogRecord[] => [], write: () => undefined, close: () => undefined };

  const readWhole = (): readonly LogRecord[] => {
    if (!existsSync(path)) return [];
    const bytes = readFileSync(path);
    const wholeLength = bytes.lastIndexOf('\n') + 1;
    truncateSync(path, wholeLength);
    const lines = bytes.subarray(0, wholeLength).toString('utf8').split('\n').slice(0, -1);
    return lines.flatMap((line) => (JSON.parse(line) as readonly Json[]).map(fromJson));
  };

  const records = readWhole();
  const file = openSync(path, 'a');
  return {
    read: (): readonly LogRecord[] => records,
    write: (appended: readonly LogRecord[]): void => {
      writeSync(file, `${JSON.stringify(appended.map(toJson))}\n`);
    },
    close: (): void => closeSync(file),
  };
};
