import type { Knex } from 'knex';
import type { LogKeyChanged } from '../domain/audit/index.ts';
import { chainHash, hashOf } from '../event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import { InvalidNote, openNote, parseVerifier, type Verifier } from './formats/signed-note.ts';
import type { Head } from './heads.ts';
import { TileMissing } from './log-tree.ts';
import { NotProvable, openProver, type ProvenEvent } from './prove-events.ts';

/** A rotation, as the log says it. */
export type KeyChange = {
  readonly event: StoredEvent;
  /** The hash of the event before it in its stream. */
  readonly previous: string | null;
  readonly old: readonly Verifier[];
  readonly fresh: readonly Verifier[];
};

type Reading = { readonly db: Knex; readonly store: Pick<EventStore, 'readStream' | 'readHashes'> };

/** Undefined: nothing that a rotation wrote. Such an event is a finding of its own, and no key is believed for it. */
const keysIn = (data: unknown): Pick<KeyChange, 'old' | 'fresh'> | undefined => {
  try {
    const { old, new: fresh } = data as LogKeyChanged['data'];
    return fresh.length === 0 ? undefined : { old: old.map(parseVerifier), fresh: fresh.map(parseVerifier) };
  } catch {
    return undefined;
  }
};

/** The rotations of the log, in its order. */
export const readKeyChanges = async ({ db, store }: Reading): Promise<readonly KeyChange[]> => {
  const streams = await db<{ stream: string }>('log_streams')
    .whereLike('stream', 'audit-%')
    .orderBy('stream')
    .pluck('stream');
  const changes: KeyChange[] = [];
  for (const stream of streams) {
    const events = await store.readStream(stream);
    for (const [at, event] of events.entries()) {
      const keys = event.type === 'LogKeyChanged' ? keysIn(event.data) : undefined;
      const before = events[at - 1];
      if (keys !== undefined) changes.push({ event, previous: before === undefined ? null : hashOf(before), ...keys });
    }
  }
  return changes;
};

/** Whether each of these keys signed the head. */
export const isSignedByAll = ({ note }: Pick<Head, 'note'>, verifiers: readonly Verifier[]): boolean => {
  try {
    const signed = openNote(note, verifiers).signatures.map(({ verifier }) => verifier.vkey);
    return verifiers.every(({ vkey }) => signed.includes(vkey));
  } catch (error) {
    if (error instanceof InvalidNote) return false;
    throw error;
  }
};

/**
 * The smallest head that covers a rotation and is signed by the keys before and after it, with the proof that it covers
 * it. Undefined: there is none, so the event alone says that the keys were replaced.
 */
export const proveKeyChange = async (
  reading: Reading,
  { event, previous, old, fresh }: KeyChange,
  heads: readonly Pick<Head, 'size' | 'root' | 'note'>[],
): Promise<ProvenEvent | undefined> => {
  if (hashOf(event) !== chainHash(event, previous)) return undefined;
  const ofBoth = heads
    .filter((head) => isSignedByAll(head, [...old, ...fresh]))
    .toSorted((one, other) => one.size - other.size);
  for (const head of ofBoth) {
    const prove = openProver(reading, head);
    const proven = await prove(event).catch((error: unknown) => {
      if (error instanceof NotProvable || error instanceof TileMissing) return undefined;
      throw error;
    });
    if (proven !== undefined) return proven;
  }
  return undefined;
};
