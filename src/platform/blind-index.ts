import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/**
 * Stands for a text in an index that must not show it: the beginning of an HMAC, as a number of 48 bits, which JSON and
 * PostgreSQL both hold exactly. Equal texts have equal tokens; without the key nothing else can be told from them.
 */
export type BlindIndex = (text: string) => number;

const TOKEN_BYTES = 6;
/** Words repeat, and an HMAC costs more than all else that is done with one. */
const REMEMBERED = 50_000;

export const createBlindIndex = (key: Uint8Array): BlindIndex => {
  const known = new LRUCache<string, number>({ max: REMEMBERED });
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const token = createHmac('sha256', key).update(text).digest().readUIntBE(0, TOKEN_BYTES);
    known.set(text, token);
    return token;
  };
};
