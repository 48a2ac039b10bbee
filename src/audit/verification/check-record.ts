import type { Knex } from 'knex';
import { parseCheckpoint } from '../formats/checkpoint.ts';
import { isSameHash } from '../formats/merkle.ts';
import { createVerifier, InvalidNote, parseVerifier, splitNote, type Verifier } from '../formats/signed-note.ts';
import type { HeadColumns } from '../heads.ts';
import { baseOf, originOf } from '../origins.ts';
import type { Restore, SignedHead } from './check-heads.ts';
import type { Findings } from './finding.ts';

/** The origins and keys of a log, as its tables have them: anyone who writes the database can write them. */
export type Listed = {
  readonly epochs: readonly { readonly epoch: number; readonly origin: string }[];
  readonly keys: readonly { readonly vkey: string; readonly epoch: number; readonly retired_at: Date | null }[];
};

export const readListed = async (db: Knex): Promise<Listed> => {
  const [epochs, keys] = await Promise.all([
    db<Listed['epochs'][number]>('log_epochs').orderBy('epoch').select('epoch', 'origin'),
    db<Listed['keys'][number]>('log_keys').orderBy(['epoch', 'vkey']).select('vkey', 'epoch', 'retired_at'),
  ]);
  return { epochs, keys };
};

const checkpointIn = (note: string) => {
  try {
    return parseCheckpoint(splitNote(note).text);
  } catch (error) {
    if (error instanceof InvalidNote) return undefined; // a finding of its own
    throw error;
  }
};

const MS = 1_000;

/** The columns of a head must say what was signed: heads are found and compared by them. */
export const checkHeadColumns = (
  rows: readonly HeadColumns[],
  { epochs }: Listed,
  signed: readonly SignedHead[],
  findings: Findings,
): void => {
  for (const { epoch, size, root, note, madeAt } of rows) {
    const said = checkpointIn(note);
    if (said === undefined) continue;
    const at = signed.find((head) => head.source === 'database' && head.note === note)?.at;
    const wrong = [
      said.size === size ? [] : ['size'],
      isSameHash(said.root, root) ? [] : ['root'],
      epochs.find((one) => one.epoch === epoch)?.origin === said.origin ? [] : ['epoch'],
      // A signature has whole seconds.
      at === undefined || Math.floor(madeAt.getTime() / MS) === Math.floor(at.getTime() / MS) ? [] : ['made_at'],
    ].flat();
    if (wrong.length > 0)
      findings.add({
        kind: 'head_signature',
        index: size - 1,
        detail: `head of ${size} events in the database: ${wrong.join(', ')} is not what was signed`,
      });
  }
};

/** An origin after the first one is begun by a restore, which the log says and a head of that origin covers. */
export const checkOrigins = ({ epochs }: Listed, accepted: readonly Restore[], findings: Findings): void => {
  const [first] = epochs;
  if (first === undefined) return;
  const base = baseOf(first.origin, first.epoch);
  for (const { epoch, origin } of epochs) {
    const isBegun = epoch === 1 || accepted.some((restore) => restore.origin === origin);
    if (isBegun && origin === originOf(base, epoch)) continue;
    const detail = `log_epochs lists the origin ${origin} as number ${epoch}, but no signed part of the log says that it began`;
    findings.add({ kind: 'head_signature', detail });
  }
};

/**
 * Progress, tiles and streams grow together, with one statement. A size that was set back would let events that were
 * recorded pass for new ones.
 */
export const checkSizes = async (db: Knex, findings: Findings): Promise<void> => {
  const { rows } = await db.raw<{ readonly rows: readonly Readonly<Record<'size' | 'entries' | 'events', string>>[] }>(
    `select size, (select coalesce(sum(width), 0) from log_tiles where level = 0) as entries,
      (select coalesce(sum(length), 0) from log_streams) as events
    from log_progress`,
  );
  const [{ size, entries, events } = { size: '0', entries: '0', events: '0' }] = rows;
  const add = (what: string): void =>
    findings.add({ kind: 'tile', detail: `log_progress says that ${size} events are recorded, but ${what}` });
  if (entries !== size) add(`its tiles have ${entries}`);
  if (events !== size) add(`its streams have ${events}`);
};

const underOrigin = (origin: string, { kind, publicKey }: Verifier): string =>
  createVerifier(kind === 'signature' ? origin : `${origin}/time`, kind, publicKey).vkey;

/** A listed key must be a key of this installation, or one that the log says was replaced by one of them. */
export const checkListedKeys = (
  { epochs, keys }: Listed,
  { current, retired }: { readonly current: readonly Verifier[]; readonly retired: readonly Verifier[] },
  findings: Findings,
): void => {
  const add = (detail: string): void => findings.add({ kind: 'head_signature', detail });
  const newest = epochs.at(-1);
  for (const { vkey, epoch, retired_at } of keys) {
    const origin = epochs.find((one) => one.epoch === epoch)?.origin ?? '';
    const isOf = (known: readonly Verifier[]): boolean => known.some((one) => underOrigin(origin, one) === vkey);
    if (isOf(current)) {
      if (epoch === newest?.epoch && retired_at !== null)
        add(`log_keys says that ${vkey} was replaced, but it is the key that signs`);
    } else if (!isOf(retired)) add(`log_keys lists ${vkey}, which is no key of this log`);
    else if (retired_at === null) add(`log_keys says that ${vkey} signs, but it was replaced`);
  }
  if (newest === undefined) return;
  const listed = new Set(keys.map(({ vkey }) => vkey));
  for (const vkey of new Set(current.map((one) => underOrigin(newest.origin, one))))
    if (!listed.has(vkey)) add(`log_keys does not list ${vkey}, which signs the heads`);
};

/** Keys as texts to verifiers; a text that is no key is left out. */
export const verifiersIn = (texts: readonly string[]): readonly Verifier[] =>
  texts.flatMap((text) => {
    try {
      return [parseVerifier(text)];
    } catch (error) {
      if (error instanceof InvalidNote) return [];
      throw error;
    }
  });
