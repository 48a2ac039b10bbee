import { leafHash } from '../formats/merkle.ts';
import type { EventsChecked, Mismatch } from './check-events.ts';
import type { Findings } from './finding.ts';

/** A recorded stream. */
export type RecordedStream = { readonly stream: string; readonly length: number; readonly lastHash: Uint8Array };

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** Classifies entries that are not at their recorded index: changed, moved, or inserted. */
const classifyMismatches = (
  mismatches: readonly Mismatch[],
  /** Leaf hashes recorded after the end of the log, with their indices. */
  tail: ReadonlyMap<string, number>,
  /** Leaf hashes of events after the end of the record. */
  behind: ReadonlySet<string>,
  findings: Findings,
): readonly number[] => {
  const recordedAt = new Map([...tail, ...mismatches.map(({ recorded, index }) => [recorded, index] as const)]);
  const found = new Set(mismatches.map((one) => one.found));
  const isElsewhere = (leaf: string): boolean => found.has(leaf) || behind.has(leaf);
  const isMoved = (one: Mismatch): boolean => recordedAt.has(one.found);
  const inserted = mismatches.filter((one) => !isMoved(one) && isElsewhere(one.recorded));
  const removed = mismatches.filter((one) => isMoved(one) && !isElsewhere(one.recorded));
  for (const { index, stream, revision } of inserted)
    findings.add({ kind: 'inserted', stream, revision, index, detail: 'it stands where another event was recorded' });
  for (const one of mismatches) {
    const { index, stream, revision, isConsequence } = one;
    if (isMoved(one)) {
      // Entries after an insertion or a removal have only moved.
      if (inserted.length > 0 || removed.length > 0) continue;
      const detail = `it was recorded as entry ${recordedAt.get(one.found) ?? ''}`;
      findings.add({ kind: 'swapped', stream, revision, index, detail });
    } else if (!isElsewhere(one.recorded)) {
      const kind = isConsequence ? 'chain' : 'changed';
      const detail = isConsequence
        ? 'its hash was recalculated after a change of an earlier event'
        : 'the event and its hash differ from the record';
      findings.add({ kind, stream, revision, index, detail });
    }
  }
  const lostTail = [...tail].filter(([leaf]) => !isElsewhere(leaf)).map(([, index]) => index);
  return [...removed.map(({ index }) => index), ...lostTail];
};

/** Limit of entries looked up after the end: if more are missing, the length of the log is reported. */
const TAIL = 10_000;

/** Finds recorded events that are missing in the log, with their streams. */
export const classify = async (
  { count, streams, mismatches, behind, missing, gaps }: EventsChecked,
  {
    size,
    recorded,
    leafAt,
    hasEvent,
    from,
  }: {
    /** Index of the first entry that was read. */
    readonly from: number;
    readonly size: number;
    readonly recorded: AsyncIterable<RecordedStream>;
    readonly leafAt: (index: number) => Promise<Uint8Array | undefined>;
    /** Whether the stream has this event now. */
    readonly hasEvent: (stream: string, revision: number) => Promise<boolean>;
  },
  findings: Findings,
): Promise<void> => {
  const tail = new Map<string, number>();
  for (let index = count; index < Math.min(size, count + TAIL); index++) {
    const leaf = await leafAt(index);
    if (leaf !== undefined) tail.set(hex(leaf), index);
  }
  const removed = [
    ...missing.filter((index) => index < size),
    ...classifyMismatches(mismatches, tail, behind, findings),
  ];
  const lost = new Map<string, number>();
  for (const index of removed) {
    const leaf = await leafAt(index);
    if (leaf !== undefined) lost.set(hex(leaf), index);
  }
  const unexplained = new Set(removed);
  const explain = (index: number | undefined): { readonly index?: number } => {
    if (index === undefined) return {};
    unexplained.delete(index);
    return { index };
  };

  const unrecorded = new Set(from === 0 ? streams.keys() : []);
  for await (const { stream, length, lastHash } of recorded) {
    const seen = streams.get(stream);
    const found = seen?.length ?? 0;
    unrecorded.delete(stream);
    const { isBad = false, ...until } = seen?.recorded ?? seen ?? { length: 0, last: null };
    // Where an event is not the recorded one, that is the finding.
    if (
      !isBad &&
      found >= length &&
      length > 0 &&
      (length < until.length || (length === until.length && hex(lastHash) !== until.last))
    ) {
      const detail = `log_streams says that it has ${length} events, the last with hash ${hex(lastHash)}, but it had ${until.length} when the log was recorded`;
      findings.add({ kind: 'tile', stream, revision: until.length - 1, detail });
    }
    // Of streams that ended before the first entry that was read nothing is known.
    if (from > 0 && found === 0 && !lost.has(hex(leafHash(lastHash)))) continue;
    // Events that were written during the verification were recorded after the log had been read.
    if (found >= length || (await hasEvent(stream, length - 1))) continue;
    const at = explain(lost.get(hex(leafHash(lastHash))));
    if (found === 0 && (from === 0 || !(await hasEvent(stream, 0))))
      findings.add({
        kind: 'removed_stream',
        stream,
        ...at,
        detail: length === 1 ? 'its only event is gone' : `all of its ${length} events are gone`,
      });
    else {
      const detail = `events from revision ${found} on are gone: it had ${length}`;
      findings.add({ kind: 'truncated', stream, revision: found, ...at, detail });
    }
  }

  for (const stream of unrecorded) {
    const { length, isBad } = streams.get(stream)?.recorded ?? streams.get(stream) ?? { length: 0, isBad: false };
    if (length > 0 && !isBad)
      findings.add({
        kind: 'tile',
        stream,
        detail: `log_streams does not list it, but ${length} of its events are recorded`,
      });
  }

  const revisions = [...gaps].flatMap(([stream, some]) => [...some].map((revision) => ({ stream, revision })));
  const [only] = unexplained;
  for (const { stream, revision } of revisions) {
    const at = revisions.length === 1 && unexplained.size === 1 ? explain(only) : {};
    findings.add({ kind: 'gap', stream, revision, ...at, detail: 'this event is gone' });
  }
  if (revisions.length === 0)
    for (const index of unexplained)
      if (index < count) findings.add({ kind: 'gap', index, detail: 'no event is at this index' });
  if (removed.some((index) => index >= count))
    findings.add({ kind: 'truncated', index: count, detail: `the log ends here, but ${size} events were recorded` });
};
