/** The kinds of findings of a verification. */
export const FINDING_KINDS = [
  /** The content or the hash was changed. */
  'changed',
  /** The previous event was changed, so this event no longer follows from it. */
  'chain',
  'gap',
  'inserted',
  'swapped',
  'removed_stream',
  'truncated',
  'tile',
  'head_signature',
  'head_root',
  'head_consistency',
  'rolled_back',
  'document_bytes',
  'document_missing',
  'number_gap',
  'key_missing',
  /** A key was destroyed, and the log does not say so. */
  'key_destroyed',
  /** A key is there or unrestricted, and the log says that it was destroyed or restricted. */
  'key_returned',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** A difference from the record, with its place as far as that is known. */
export type Finding = {
  readonly kind: FindingKind;
  readonly stream?: string;
  readonly revision?: number;
  /** Index of the entry in the log, from 0. */
  readonly index?: number;
  /** One sentence. */
  readonly detail: string;
  /** The time in which the events between the last good and the first bad head were recorded; null: no earlier head. */
  readonly between?: { readonly from: string | null; readonly to: string };
};

/** Limit of findings listed for each kind; the others are only counted. */
const LISTED_OF_A_KIND = 1_000;

export const collectFindings = () => {
  const counts = new Map<FindingKind, number>();
  const listed: Finding[] = [];
  return {
    add: (finding: Finding): void => {
      const count = (counts.get(finding.kind) ?? 0) + 1;
      counts.set(finding.kind, count);
      if (count <= LISTED_OF_A_KIND) listed.push(finding);
    },
    list: (): readonly Finding[] => listed,
    counts: (): ReadonlyMap<FindingKind, number> => counts,
  };
};

export type Findings = ReturnType<typeof collectFindings>;
