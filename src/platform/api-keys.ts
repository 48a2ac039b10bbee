import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';

export type ApiKey = {
  /** Part of the key, so that lists can identify a key without showing it. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: Date;
  /** Null: never. */
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
};

const COLUMNS = ['id', 'name', 'scopes', 'created_at', 'expires_at', 'revoked_at'] as const;
/** `wb_`, 8 bytes of id, 32 bytes of secret. */
const FORM = /^wb_([0-9a-f]{16})_[\w-]{43}$/;
const NO_HASH = Buffer.alloc(32);

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

export type NewApiKey = Pick<ApiKey, 'name' | 'scopes' | 'expires_at'>;

/** Makes a key. It is answered here and never again: only its hash is kept. */
export const createApiKey = async (
  db: Knex,
  fresh: NewApiKey,
): Promise<{ readonly id: string; readonly key: string }> => {
  const id = randomBytes(8).toString('hex');
  const key = `wb_${id}_${randomBytes(32).toString('base64url')}`;
  await db('api_keys').insert({ ...fresh, id, scopes: [...fresh.scopes], hash: hashOf(key) });
  return { id, key };
};

/** All that were ever made, newest first. */
export const listApiKeys = (db: Knex): Promise<readonly ApiKey[]> =>
  db<ApiKey>('api_keys')
    .select(...COLUMNS)
    .orderBy('created_at', 'desc')
    .orderBy('id');

/** From the next request on it opens nothing. False: there is no such key that was not revoked before. */
export const revokeApiKey = async (db: Knex, id: string): Promise<boolean> =>
  (await db('api_keys').where({ id, revoked_at: null }).update({ revoked_at: db.fn.now() })) > 0;

/** The key as it was given to us, unless it is unknown, expired or revoked. */
export const findApiKey = async (db: Knex, key: string, now: Date): Promise<ApiKey | undefined> => {
  const id = FORM.exec(key)?.[1];
  if (id === undefined) return undefined;
  const row = await db<ApiKey & { readonly hash: Buffer }>('api_keys')
    .where({ id })
    .first(...COLUMNS, 'hash');
  const isRight = timingSafeEqual(hashOf(key), row?.hash ?? NO_HASH);
  if (row === undefined || !isRight || row.revoked_at !== null) return undefined;
  return row.expires_at === null || row.expires_at > now ? row : undefined;
};
