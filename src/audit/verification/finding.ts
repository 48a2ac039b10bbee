/** What a verification can find. */
export const FINDING_KINDS = [
  /** The content, or the hash, is not what it was. */
  'changed',
  /** It does not follow from the event before it, which was changed. */
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
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** Something that is not as it was recorded; where, as far as that is known. */
export type Finding = {
  readonly kind: FindingKind;
  readonly stream?: string;
  readonly revision?: number;
  /** Of the entry in the log, from 0. */
  readonly index?: number;
  /** One sentence. */
  readonly detail: string;
  /** The events between the last good and the first bad head were recorded in this time; null: no head before. */
  readonly between?: { readonly from: string | null; readonly to: string };
};

/** So many of a kind are told; of the others how many there are. */
const TOLD_OF_A_KIND = 1_000;

export const collectFindings = () => {
  const counts = new Map<FindingKind, number>();
  const told: Finding[] = [];
  return {
    add: (finding: Finding): void => {
      const count = (counts.get(finding.kind) ?? 0) + 1;
      counts.set(finding.kind, count);
      if (count <= TOLD_OF_A_KIND) told.push(finding);
    },
    told: (): readonly Finding[] => told,
    counts: (): ReadonlyMap<FindingKind, number> => counts,
  };
};

export type Findings = ReturnType<typeof collectFindings>;
