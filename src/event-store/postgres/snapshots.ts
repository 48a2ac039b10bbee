import type { Knex } from 'knex';
import type { DataKeys } from '../../platform/data-keys.ts';
import { seal, unseal } from '../../platform/seal.ts';
import type { JsonValue } from '../port.ts';
import type { Snapshot, Snapshots } from '../snapshots.ts';

export type SnapshotDeps = {
  readonly db: Knex;
  readonly keys: Pick<DataKeys, 'byId'>;
  /** Hash of the code that decodes and folds events: a state depends on it, too. */
  readonly codeHash: () => Promise<string>;
};

/** A state larger than this costs more to keep than it saves. */
const MAX_BYTES = 4_000_000;

type Row = {
  readonly revision: string;
  readonly hash: string;
  readonly key_id: string;
  readonly state: Buffer;
};

type Content = { readonly state: JsonValue; readonly customer_id: string | null; readonly marks: string };

/** A seal holds for one place: a row that was copied or changed does not open. */
const boundTo = (code: string, stream: string, { revision, hash }: Pick<Snapshot, 'revision' | 'hash'>): string =>
  ['snapshot', code, stream, revision, hash].join('/');

const UPSERT = `
  insert into snapshots as kept (stream, code, revision, hash, key_id, state)
  values (:stream, :code, :revision, :hash, :key_id, :state)
  on conflict (stream) do update set code = excluded.code, revision = excluded.revision, hash = excluded.hash,
    key_id = excluded.key_id, state = excluded.state, written_at = now()
  where kept.code <> excluded.code or kept.revision < excluded.revision or kept.hash <> excluded.hash`;

/** Snapshots in PostgreSQL, whichever store has the events. */
export const openSnapshots = ({ db, keys, codeHash }: SnapshotDeps): Snapshots => {
  let hashed: Promise<string> | undefined;
  const codeOf = async (fold: string): Promise<string> => `${fold}/${await (hashed ??= codeHash())}`;
  const keyOf = async (id: string) => (await keys.byId([id])).get(id);

  return {
    find: async (fold, stream) => {
      const code = await codeOf(fold);
      const row = await db<Row & { stream: string; code: string }>('snapshots')
        .where({ stream, code })
        .first('revision', 'hash', 'key_id', 'state');
      const key = row === undefined ? undefined : await keyOf(row.key_id);
      if (row === undefined || key === undefined) return undefined;
      const { hash, key_id } = row;
      const revision = BigInt(row.revision);
      const bytes = unseal(key.key, row.state, boundTo(code, stream, { revision, hash }));
      const { state, customer_id, marks } = JSON.parse(bytes.toString()) as Content; // sealed by `save` only
      return { revision, hash, state, customer_id, marks: Buffer.from(marks, 'base64'), key_id };
    },
    save: async (fold, stream, { revision, hash, key_id, state, customer_id, marks }) => {
      const content: Content = { state, customer_id, marks: marks.toString('base64') };
      const bytes = Buffer.from(JSON.stringify(content));
      const key = await keyOf(key_id);
      if (bytes.length > MAX_BYTES || key === undefined) return;
      const code = await codeOf(fold);
      const sealed = seal(key.key, bytes, boundTo(code, stream, { revision, hash }));
      await db.raw(UPSERT, { stream, code, revision: String(revision), hash, key_id, state: sealed });
    },
  };
};
