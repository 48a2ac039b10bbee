import { randomUUID } from 'node:crypto';
import { createLogFile } from './log-file.ts';

export type Expected = 'no_stream' | 'any' | 'stream_exists' | bigint;

export type Proposed = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
};

export type LogRecord = Proposed & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly createdMs: number;
};

export type AppendOutcome =
  | { readonly last: LogRecord; readonly isHidden?: boolean }
  | { readonly wrong: 'no_stream' | bigint }
  | { readonly deleted: true };

export const LONG_MAX = 9_223_372_036_854_775_807n;
const RECORD_OVERHEAD = 100n;

const systemEvent = (type: string, data: string): Proposed => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(data),
  metadata: Buffer.alloc(0),
});

/** What every server has in `$all` before the first write. */
const seeds: readonly (readonly [string, Proposed])[] = [
  ['$$$stats-0.0.0.0:2113', systemEvent('$metadata', '{"$maxAge":86400}')],
  ['$users', systemEvent('$UserCreated', '"admin"')],
  ['$settings', systemEvent('$settings', '{"$userStreamAcl":{"$r":"$all","$w":"$all"}}')],
];

/** `$tb` may be 2^63 - 1, which JSON.parse would round. */
const truncateBefore = (metadata: string): bigint => BigInt(/"\$tb":\s*(\d+)/.exec(metadata)?.[1] ?? 0);

/**
 * The log of a server: one total order of records with positions that are not contiguous, streams cut from it, the
 * server's idempotency rules, soft deletes. With a file, everything acknowledged survives a SIGKILL.
 */
export const createEventLog = (file?: string) => {
  const all: LogRecord[] = [];
  const streams = new Map<string, LogRecord[]>();
  const listeners = new Set<() => void>();

  const recordsOf = (stream: string): readonly LogRecord[] => streams.get(stream) ?? [];
  const hiddenBefore = (stream: string): bigint => truncateBefore(String(recordsOf(`$$${stream}`).at(-1)?.data ?? ''));
  const isSoftDeleted = (stream: string): boolean => recordsOf(stream).length > 0 && hiddenBefore(stream) === LONG_MAX;

  const take = (record: LogRecord): void => {
    all.push(record);
    const stream = streams.get(record.stream);
    if (stream === undefined) streams.set(record.stream, [record]);
    else stream.push(record);
  };

  const disk = createLogFile(file);
  for (const record of disk.read()) take(record);

  const store = (stream: string, events: readonly Proposed[], revisionOf: (index: number) => bigint): LogRecord => {
    let position = all.at(-1)?.position ?? 0n;
    const records = events.map((event, index): LogRecord => {
      position += RECORD_OVERHEAD + BigInt(event.data.length + event.metadata.length);
      return { ...event, stream, revision: revisionOf(index), position, createdMs: Date.now() };
    });
    disk.write(records);
    for (const record of records) take(record);
    for (const listener of [...listeners]) listener();
    const last = records.at(-1);
    if (last === undefined) throw new Error('nothing to store');
    return last;
  };

  /** What the server answers when the stream is already beyond the expected revision. */
  const repeated = (stream: string, events: readonly Proposed[], after: bigint): LogRecord | undefined => {
    const records = recordsOf(stream);
    const isSame = events.every(({ id }, index) => records[Number(after) + 1 + index]?.id === id);
    return isSame ? records[Number(after) + events.length] : undefined;
  };

  const setMetadata = (stream: string, metadata: string): LogRecord => {
    const next = BigInt(recordsOf(`$$${stream}`).length);
    return store(`$$${stream}`, [systemEvent('$metadata', metadata)], () => next);
  };

  const append = (stream: string, events: readonly Proposed[], expected: Expected): AppendOutcome => {
    const last = recordsOf(stream).at(-1);
    if (last?.revision === LONG_MAX) return { deleted: true };
    const current = last?.revision ?? -1n;
    const wrong = { wrong: last?.revision ?? 'no_stream' } as const;
    const revives = isSoftDeleted(stream);
    if (expected === 'stream_exists' && last === undefined) return wrong;
    const demanded = expected === 'no_stream' ? -1n : typeof expected === 'bigint' ? expected : current;
    if (demanded > current) return wrong;
    if (demanded < current) {
      const known = repeated(stream, events, demanded);
      if (known !== undefined) return { last: known, isHidden: known.revision < hiddenBefore(stream) };
      if (!(revives && expected === 'no_stream')) return wrong;
    }
    const stored = store(stream, events, (index) => current + 1n + BigInt(index));
    if (revives) setMetadata(stream, `{"$tb":${current + 1n}}`);
    return { last: stored };
  };

  if (all.length === 0) for (const [stream, event] of seeds) append(stream, [event], 'any');

  return {
    append,
    all: (): readonly LogRecord[] => all,
    /** Index in `all` of the first record behind a position. */
    indexAfter: (position: bigint): number => {
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((all[middle]?.position ?? 0n) <= position) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    /** What a reader of the stream sees; undefined: not found. */
    visible: (stream: string): readonly LogRecord[] | undefined => {
      if (recordsOf(stream).length === 0 || isSoftDeleted(stream)) return undefined;
      const from = hiddenBefore(stream);
      return from === 0n ? recordsOf(stream) : recordsOf(stream).filter(({ revision }) => revision >= from);
    },
    isTombstoned: (stream: string): boolean => recordsOf(stream).at(-1)?.revision === LONG_MAX,
    /** What someone does who owns the server's files: these records are the log. */
    rewrite: (records: readonly LogRecord[]): void => {
      all.length = 0;
      streams.clear();
      for (const record of records) take(record);
    },
    softDelete: (stream: string): LogRecord => setMetadata(stream, `{"$tb":${LONG_MAX}}`),
    tombstone: (stream: string): LogRecord => store(stream, [systemEvent('$streamDeleted', '{}')], () => LONG_MAX),
    /** Calls back after every append; the answer unsubscribes. */
    onAppended: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: (): void => disk.close(),
  };
};

export type EventLog = ReturnType<typeof createEventLog>;
