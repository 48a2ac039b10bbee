import { decodeBase64, encodeBase64 } from './base64.ts';
import { openCheckpointNote, type OpenedCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, isIncluded, leafHash, type Hash } from './merkle.ts';
import { InvalidNote, type Verifier } from './signed-note.ts';

/** A proof that an entry is in the log, which can be checked offline. C2SP tlog-proof. */
export type LogProof = {
  readonly index: number;
  /** Starts with the leaf's sibling. */
  readonly hashes: readonly Hash[];
  /** The signed head, as issued by the log. */
  readonly checkpoint: string;
};

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

export const encodeLogProof = ({ index, hashes, checkpoint }: LogProof): string =>
  [FIRST_LINE, `index ${index}`, ...hashes.map(encodeBase64), '', checkpoint].join('\n');

const invalid = (): InvalidNote =>
  new InvalidNote(`it is not a proof: "${FIRST_LINE}", an index, hashes, an empty line and a checkpoint`);

const parseHash = (line: string): Hash => {
  const hash = decodeBase64(line);
  if (hash?.length !== HASH_BYTES) throw invalid();
  return hash;
};

/** @throws InvalidNote */
export const parseLogProof = (text: string): LogProof => {
  const end = text.indexOf('\n\n');
  if (end < 0) throw invalid();
  const [first, ...lines] = text.slice(0, end).split('\n');
  // Extra lines are not authenticated, and the proof does not need them.
  const [index = '', ...hashes] = lines[0]?.startsWith('extra ') ? lines.slice(1) : lines;
  const [, digits] = /^index (0|[1-9]\d*)$/.exec(index) ?? [];
  if (first !== FIRST_LINE || digits === undefined || !Number.isSafeInteger(Number(digits))) throw invalid();
  return { index: Number(digits), hashes: hashes.map(parseHash), checkpoint: text.slice(end + 2) };
};

/**
 * The signed head whose tree contains this entry, according to the proof.
 * @throws InvalidNote unless one of these keys signed the head and the entry is in its tree
 */
export const openLogProof = (text: string, entry: Uint8Array, verifiers: readonly Verifier[]): OpenedCheckpoint => {
  const { index, hashes, checkpoint } = parseLogProof(text);
  const opened = openCheckpointNote(checkpoint, verifiers);
  if (!isIncluded(leafHash(entry), index, opened, hashes))
    throw new InvalidNote(`the proof does not lead from entry ${index} to the root of the head`);
  return opened;
};
