import type { DataKey, DataKeys } from './data-keys.ts';
import { seal, unseal } from './seal.ts';

/** A value as a row keeps it: sealed under a person's key. */
export type SealedValue = { readonly key_id: string; readonly sealed: Buffer };

/** `bound` names the row and column: a seal that was copied to another place does not open. */
export const sealFor = async (
  keys: Pick<DataKeys, 'forSubject'>,
  subject: string,
  { value, bound }: { readonly value: unknown; readonly bound: string },
): Promise<SealedValue> => {
  const { id, key } = await keys.forSubject(subject);
  return { key_id: id, sealed: seal(key, Buffer.from(JSON.stringify(value)), bound) };
};

/** The values of rows that were read, in their order; undefined where the key was destroyed. Keys are asked for at once. */
export const openValues = async <Row extends SealedValue>(
  keys: Pick<DataKeys, 'byId'>,
  rows: readonly Row[],
  boundOf: (row: Row) => string,
): Promise<readonly unknown[]> => {
  const found: ReadonlyMap<string, DataKey> = await keys.byId(rows.map(({ key_id }) => key_id));
  return rows.map((row) => {
    const key = found.get(row.key_id);
    return key === undefined
      ? undefined
      : (JSON.parse(unseal(key.key, row.sealed, boundOf(row)).toString()) as unknown);
  });
};
