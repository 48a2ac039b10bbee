import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { seal, unseal } from './seal.ts';

/** Data here was sealed with another master key: what would be sealed with this one is lost when that one returns. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey';
}

/** 32 bytes each. What is sealed anew is sealed with `masterKey`; during a rotation the one before opens what is not yet. */
export type MasterKeys = { readonly masterKey: Uint8Array; readonly previousMasterKey?: Uint8Array | undefined };

/** Names a master key without giving it away. */
export const masterKeyId = (masterKey: Uint8Array): string =>
  createHash('sha256').update('waybill master key id').update(masterKey).digest('hex').slice(0, 16);

/** Opens what either key sealed. @throws when neither did */
export const openWrapped = (
  { masterKey, previousMasterKey }: MasterKeys,
  sealed: Uint8Array,
  bound: string,
): Buffer => {
  try {
    return unseal(masterKey, sealed, bound);
  } catch (error) {
    if (previousMasterKey === undefined) throw error;
    return unseal(previousMasterKey, sealed, bound);
  }
};

export const opensWrapped = (keys: MasterKeys, sealed: Uint8Array, bound: string): boolean => {
  try {
    openWrapped(keys, sealed, bound);
    return true;
  } catch {
    return false;
  }
};

const CANARY = 'waybill master key';

type Database = MasterKeys & { readonly db: Knex };

const throwUnlessOpened = (keys: MasterKeys, sealed: Uint8Array, bound: string): void => {
  try {
    openWrapped(keys, sealed, bound);
  } catch (cause) {
    throw new WrongMasterKey('the master key does not open what this database holds', { cause });
  }
};

type Canary = { readonly sealed: Buffer };

const sealCanary = (masterKey: Uint8Array): Buffer => seal(masterKey, Buffer.from(CANARY), CANARY);

/** A database that was sealed before it had a canary holds data keys that say the same. */
const plantCanary = async ({ db, ...keys }: Database): Promise<Buffer> => {
  const known = await db<{ id: string; wrapped: Buffer | null }>('data_keys').whereNotNull('wrapped').first();
  if (known?.wrapped) throwUnlessOpened(keys, known.wrapped, known.id);
  const sealed = sealCanary(keys.masterKey);
  await db('master_key_canary').insert({ sealed }).onConflict('one').ignore();
  return (await db<Canary>('master_key_canary').first('sealed'))?.sealed ?? sealed; // another process may have been first
};

/** Before anything is sealed. @throws WrongMasterKey when this database was sealed with another key */
export const demandMasterKey = async (database: Database): Promise<void> => {
  const canary = await database.db<Canary>('master_key_canary').first('sealed');
  throwUnlessOpened(database, canary?.sealed ?? (await plantCanary(database)), CANARY);
};

/** The last step of a rotation: from here on the key before is not accepted alone. */
export const moveCanary = async ({ db, masterKey }: Database): Promise<void> => {
  await db('master_key_canary').update({ sealed: sealCanary(masterKey), since: db.fn.now() });
};
