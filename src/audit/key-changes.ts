import type { LogKeyChanged } from '../domain/audit/index.ts';
import { chainHash, hashOf } from '../event-store/hash-chain.ts';
import { readAuditEvents, type AuditEventRead, type AuditReading } from './audit-events.ts';
import { InvalidNote, openNote, parseVerifier, type Verifier } from './formats/signed-note.ts';
import type { Head } from './heads.ts';
import { TileMissing } from './log-tree.ts';
import { NotProvable, openProver, type ProvenEvent } from './prove-events.ts';

/** A rotation, as the log says it. */
export type KeyChange = AuditEventRead & {
  readonly old: readonly Verifier[];
  readonly fresh: readonly Verifier[];
};

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
export const readKeyChanges = async (reading: AuditReading): Promise<readonly KeyChange[]> =>
  (await readAuditEvents(reading, 'LogKeyChanged')).flatMap(({ event, previous }) => {
    const keys = keysIn(event.data);
    return keys === undefined ? [] : [{ event, previous, ...keys }];
  });

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
  reading: AuditReading,
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
