import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openCheckpointNote } from '../formats/checkpoint.ts';
import { isSameHash, type Hash } from '../formats/merkle.ts';
import { InvalidNote, type Signature, type Verifier } from '../formats/signed-note.ts';
import { isEarlierOrigin } from '../origins.ts';
import type { Finding, Findings } from './finding.ts';

/** The place where a head was kept: with the log, in the folder of this installation, or by the caller. */
export type HeadSource = 'database' | 'folder' | 'kept';

export type GivenHead = {
  readonly source: HeadSource;
  /** Names it in a finding. */
  readonly name: string;
  readonly note: string;
};

/** A head with a valid signature. */
export type SignedHead = GivenHead & {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  readonly at: Date | undefined;
};

/**
 * A head of this installation bears both signatures: one without its time, or under another name for it, was changed.
 * @throws InvalidNote
 */
const demandBoth = (signatures: readonly Signature[]): void => {
  for (const [kind, what] of [
    ['signature', 'the key of the log'],
    ['cosignature', 'the key that adds the time'],
  ] as const)
    if (!signatures.some(({ verifier }) => verifier.kind === kind))
      throw new InvalidNote(`${what} has not signed it, or its signature was removed`);
};

/** Verifies the signatures of heads, smallest first; invalid heads become findings. */
export const openHeadsOf = (
  given: readonly GivenHead[],
  verifiers: readonly Verifier[],
  findings: Findings,
): readonly SignedHead[] =>
  given
    .flatMap((head) => {
      try {
        const { origin, size, root, signatures } = openCheckpointNote(head.note, verifiers);
        if (head.source !== 'kept') demandBoth(signatures);
        return [{ ...head, origin, size, root, at: signatures.find(({ at }) => at !== undefined)?.at }];
      } catch (error) {
        if (!(error instanceof InvalidNote)) throw error;
        findings.add({ kind: 'head_signature', detail: `${head.name}: ${error.message}` });
        return [];
      }
    })
    .toSorted((one, other) => one.size - other.size);

/** The log does not match a head: one of this installation, or one that someone else has kept. */
export const otherRoot = ({ source, name, size }: SignedHead): Finding => ({
  kind: source === 'kept' ? 'head_consistency' : 'head_root',
  index: size - 1,
  detail: `${name}: at ${size} events the log has another root`,
});

/** A restore that a person accepted, as the log says. */
export type Restore = {
  readonly at: string;
  readonly reason: string;
  readonly origin: string;
  readonly agrees_until: number;
  /** Of the event that says so. */
  readonly index: number;
};

/**
 * Whether a head of the origin that it began was signed over it: anyone who writes the store can write the event, but
 * only the keys of the log sign what follows from it.
 */
const isSigned = ({ origin, index }: Restore, good: readonly SignedHead[]): boolean =>
  good.some((head) => head.origin === origin && head.size > index);

/** Whether a head of this installation was given up when an older copy of the log was accepted. */
const isGivenUp = ({ source, origin, size }: SignedHead, restores: readonly Restore[]): boolean =>
  source !== 'kept' &&
  restores.some((restore) => size > restore.agrees_until && isEarlierOrigin(origin, restore.origin));

/**
 * A head is written to the folder after its row: the row of one that the folder has was there. Not so for heads from before
 * an accepted restore, whose backup did not have all rows. A row without a file says nothing: several machines may sign,
 * each into a folder of its own.
 */
export const checkFolder = (
  good: readonly SignedHead[],
  rows: readonly Pick<GivenHead, 'note'>[],
  restores: readonly Restore[],
  findings: Findings,
): void => {
  const said = new Set(rows.map(({ note }) => note.split('\n', 2).join('\n')));
  for (const { source, name, origin, size } of good) {
    if (source !== 'folder' || said.has(`${origin}\n${size}`)) continue;
    if (restores.some((restore) => isEarlierOrigin(origin, restore.origin))) continue;
    const detail =
      `${name}: log_heads has no head of ${size} events. Its row was deleted, or a backup from before it was restored: ` +
      'restore log_heads, or, if you know why it is gone, keep the file elsewhere and give it with --head';
    findings.add({ kind: 'head_signature', index: size - 1, detail });
  }
};

/** Compares heads with the log while it is read. */
export const createHeadCheck = (heads: readonly SignedHead[]) => {
  let next = 0;
  const good: SignedHead[] = [];
  const bad: { readonly head: SignedHead; readonly finding: Finding }[] = [];
  return {
    /** Those that the log has been found to match. */
    good: good as readonly SignedHead[],
    /** Called when the log has been read up to this size. */
    reached: (size: number, rootOf: () => Hash): void => {
      for (let head = heads[next]; head !== undefined && head.size <= size; head = heads[++next])
        if (head.size === size && isSameHash(head.root, rootOf())) good.push(head);
        else bad.push({ head, finding: otherRoot(head) });
    },
    /** Called at the end of the log: those that the keys of the log have signed. */
    accepted: (restores: readonly Restore[]): readonly Restore[] =>
      restores.filter((restore) => isSigned(restore, good)),
    /**
     * Called at the end of the log. Adds the findings, and answers the time in which the events between the last good
     * head and the first bad head were recorded.
     */
    ended: (size: number, restores: readonly Restore[], findings: Findings): Between | undefined => {
      for (const head of heads.slice(next)) {
        const detail = `${head.name}: it was signed over ${head.size} events, and the log has ${size}`;
        bad.push({ head, finding: { kind: 'rolled_back', index: size, detail } });
      }
      const wrong = bad.filter(({ head }) => !isGivenUp(head, restores));
      for (const { finding } of wrong) findings.add(finding);
      const [firstBad] = wrong;
      const until = firstBad?.head.at;
      if (firstBad === undefined || until === undefined) return undefined;
      // After a restore a smaller head may be the later one: it says nothing of the time before the bad one.
      const lastGood = good.findLast(({ size: of, at }) => of < firstBad.head.size && at !== undefined && at <= until);
      return {
        after: lastGood?.size ?? 0,
        until: firstBad.head.size,
        from: lastGood?.at?.toISOString() ?? null,
        to: until.toISOString(),
      };
    },
  };
};

export type Between = {
  readonly after: number;
  readonly until: number;
  readonly from: string | null;
  readonly to: string;
};

const readHead = async (path: string): Promise<GivenHead> => ({
  source: 'kept',
  name: basename(path),
  note: await readFile(path, 'utf8'),
});

/**
 * The head in a file, or in each file of a folder, kept by the caller, who names files as they like: one that were
 * passed over would be taken for compared. Hidden files are no heads.
 */
export const readHeadsAt = async (path: string): Promise<readonly GivenHead[]> => {
  if (!(await stat(path)).isDirectory()) return [await readHead(path)];
  const entries = await readdir(path, { withFileTypes: true });
  const heads: GivenHead[] = [];
  for (const { name } of entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')))
    heads.push(await readHead(join(path, name)));
  return heads;
};
