import { decodeBase64, encodeBase64 } from './base64.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';
import { InvalidNote, openNote, signNote, type Signature, type Signer, type Verifier } from './signed-note.ts';

/** The content of a head: origin, size and root of the tree. C2SP tlog-checkpoint. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Hash };

const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${encodeBase64(root)}\n`;

export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly Signer[], at: Date): string =>
  signNote(checkpointText(checkpoint), signers, at);

/** @throws InvalidNote if the text is not a checkpoint */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = decodeBase64(encoded);
  const isSize = /^(0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size));
  if (origin === '' || !isSize || root?.length !== HASH_BYTES || /\n\n/.test(text))
    throw new InvalidNote('it is not a checkpoint: expected origin, size and root, one per line');
  return { origin, size: Number(size), root };
};

export type OpenedCheckpoint = Checkpoint & { readonly signatures: readonly Signature[] };

/** @throws InvalidNote unless it is a checkpoint that one of these keys signed */
export const openCheckpointNote = (note: string, verifiers: readonly Verifier[]): OpenedCheckpoint => {
  const { text, signatures } = openNote(note, verifiers);
  return { ...parseCheckpoint(text), signatures };
};
