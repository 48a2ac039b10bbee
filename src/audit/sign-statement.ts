import type { Knex } from 'knex';
import { signNote } from './formats/signed-note.ts';
import { readEpoch } from './heads.ts';
import { createSigners, defaultOrigin, type LogKeys } from './keys.ts';

/**
 * A statement of this installation as a signed note (C2SP): the key of the log signs it, and anyone who has that key's
 * verifier can check it. The first line says what it states, and is no origin, so that it is never taken for a head.
 */
export const signStatement = async (
  db: Knex,
  { keys, origin }: { readonly keys: LogKeys; /** Default: of the key. */ readonly origin?: string | undefined },
  { kind, text, at }: { readonly kind: string; readonly text: string; readonly at: Date },
): Promise<string> => {
  const epoch = await readEpoch(db);
  const { sign } = createSigners(keys, epoch?.origin ?? origin ?? defaultOrigin(keys));
  return signNote(`${kind}\n${text}\n`, [sign], at);
};
