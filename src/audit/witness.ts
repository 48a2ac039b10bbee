import { encodeBase64 } from './formats/base64.ts';
import { consistencyProof, type ReadSubtree } from './formats/merkle.ts';
import { InvalidNote, openNote, parseVerifier, type Verifier } from './formats/signed-note.ts';
import type { Head } from './heads.ts';

/** Another party that signs heads when it has seen that the log only grew. C2SP tlog-witness. */
export type Witness = { readonly verifier: Verifier; readonly url: string };

/** Reads `<vkey>@<url>`. @throws InvalidNote */
export const parseWitness = (text: string): Witness => {
  const at = text.indexOf('@');
  return { verifier: parseVerifier(text.slice(0, Math.max(at, 0))), url: text.slice(at + 1) };
};

export type AskWitness = (url: string, body: string) => Promise<{ readonly status: number; readonly text: string }>;

/** The witness has signed a larger head of this origin than the log has: an older copy was restored, or the log forked. */
export class WitnessAhead extends Error {
  override readonly name = 'WitnessAhead';
}

const OK = 200;
const CONFLICT = 409;

/** Lines of this witness that sign the head; lines of unknown keys are skipped. */
const ownLines = ({ verifier }: Witness, { note }: Pick<Head, 'note'>, answer: string): string => {
  const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
  const lines = answer.split('\n').filter((line) => line.startsWith(`— ${verifier.name} `));
  const signed = `${text}\n${lines.map((line) => `${line}\n`).join('')}`;
  if (lines.length === 0 || openNote(signed, [verifier]).signatures.length === 0)
    throw new InvalidNote(`${verifier.name} answered without a signature of its key`);
  return lines.map((line) => `${line}\n`).join('');
};

/**
 * Gives a head to a witness, with the proof that it begins with the head that the witness saw last, and answers the
 * signature lines. A witness that saw another size names it: the proof from there is sent once.
 * @throws WitnessAhead, InvalidNote, or an error that names the status
 */
export const addCheckpoint = async (
  witness: Witness,
  head: Head,
  seen: number,
  { read, ask }: { readonly read: ReadSubtree; readonly ask: AskWitness },
): Promise<string> => {
  const send = async (old: number) => {
    const proof = await consistencyProof(read, old, head.size);
    const body = [`old ${old}`, ...proof.map(encodeBase64), '', head.note].join('\n');
    return ask(`${witness.url.replace(/\/$/, '')}/add-checkpoint`, body);
  };
  let answer = await send(Math.min(seen, head.size));
  if (answer.status === CONFLICT) {
    const size = Number(/^(\d{1,15})\n?$/.exec(answer.text)?.[1]);
    if (size > head.size)
      throw new WitnessAhead(
        `${witness.verifier.name} has signed a head of ${size} events, and the log has a head of ${head.size}`,
      );
    if (Number.isNaN(size)) throw new Error(`${witness.verifier.name} answered 409 without a size`);
    answer = await send(size);
  }
  if (answer.status !== OK) throw new Error(`${witness.verifier.name} answered ${answer.status}`);
  return ownLines(witness, head, answer.text);
};
