import type { Knex } from 'knex';
import type { EventStore } from '../../event-store/port.ts';
import { InvalidNote, type Verifier } from '../formats/signed-note.ts';
import { openCheckpointNote } from '../formats/checkpoint.ts';
import { isSignedByAll, proveKeyChange, type KeyChange } from '../key-changes.ts';
import type { GivenHead, SignedHead } from './check-heads.ts';
import type { Findings } from './finding.ts';

/** The configured keys were replaced: what the keys after them signed cannot be checked with them. */
export class ReplacedLogKeys extends Error {
  override readonly name = 'ReplacedLogKeys';
}

/**
 * Keys that signed before a rotation, as the log itself says: the heads of the new keys prove that it says so. Followed
 * back from the keys that are believed.
 */
export const retiredBy = (changes: readonly KeyChange[], trusted: readonly Verifier[]): readonly Verifier[] => {
  const believed = new Set(trusted.map(({ vkey }) => vkey));
  const retired: Verifier[] = [];
  for (const { old, fresh } of changes.toReversed()) {
    if (!fresh.every(({ vkey }) => believed.has(vkey))) continue;
    retired.push(...old);
    for (const { vkey } of old) believed.add(vkey);
  }
  return retired;
};

const checkpointIn = ({ note }: GivenHead, verifiers: readonly Verifier[]) => {
  try {
    return [{ note, ...openCheckpointNote(note, verifiers) }];
  } catch (error) {
    if (error instanceof InvalidNote) return [];
    throw error;
  }
};

const namesOf = (verifiers: readonly Verifier[]): string => verifiers.map(({ vkey }) => vkey).join(' and ');

/**
 * Where a rotation has replaced the configured keys, every newer head would be a finding, and a wrong one. The log is
 * believed only where a head that covers what it says is signed by these very keys: anyone who writes the store can
 * write the event.
 * @throws ReplacedLogKeys
 */
export const demandNotReplaced = async (
  reading: { readonly db: Knex; readonly store: Pick<EventStore, 'readStream' | 'readHashes'> },
  changes: readonly KeyChange[],
  { current, given }: { readonly current: readonly Verifier[]; readonly given: readonly GivenHead[] },
): Promise<void> => {
  const own = new Set(current.map(({ vkey }) => vkey));
  const areOwn = (verifiers: readonly Verifier[]): boolean =>
    verifiers.length > 0 && verifiers.every(({ vkey }) => own.has(vkey));
  const last = changes.findLast(({ old, fresh }) => areOwn(old) || areOwn(fresh));
  if (last === undefined || !areOwn(last.old)) return;
  const heads = given.flatMap((head) => checkpointIn(head, last.old));
  if ((await proveKeyChange(reading, last, heads)) === undefined) return;
  const { recorded_at } = last.event.metadata;
  throw new ReplacedLogKeys(
    `LOG_KEY and LOG_COSIGN_KEY are keys from before a rotation: ${namesOf(last.old)} were replaced by ` +
      `${namesOf(last.fresh)} at ${typeof recorded_at === 'string' ? recorded_at : 'an unknown time'}. ` +
      'Set the keys that sign now, and verify again: they prove what the keys before them signed, too',
  );
};

/** An event of a rotation, where it was read. */
export type ReadKeyChange = { readonly stream: string; readonly revision: number; readonly index: number };

/** Behind each rotation stands a head that the keys before and after it have signed. */
export const checkKeyChanges = (
  read: readonly ReadKeyChange[],
  changes: readonly KeyChange[],
  heads: readonly SignedHead[],
  findings: Findings,
): void => {
  for (const { stream, revision, index } of read) {
    const change = changes.find(({ event }) => event.stream === stream && Number(event.revision) === revision);
    const isProven =
      change !== undefined &&
      heads.some((head) => head.size > index && isSignedByAll(head, [...change.old, ...change.fresh]));
    if (isProven) continue;
    const detail =
      'it says that other keys sign from here on, but no head behind it is signed by the keys before and after it: ' +
      'run npm run log -- rotate again, unless you never ran it';
    findings.add({ kind: 'head_signature', stream, revision, index, detail });
  }
};
