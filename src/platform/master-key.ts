import type { Knex } from 'knex';
import { seal, unseal } from './seal.ts';

/** Data here was sealed with another master key: what would be sealed with this one is lost when that one returns. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey';
}

const CANARY = 'waybill master key';

type Database = { readonly db: Knex; readonly masterKey: Uint8Array };

const throwUnlessOpened = (masterKey: Uint8Array, sealed: Uint8Array, bound: string): void => {
  try {
    unseal(masterKey, sealed, bound);
  } catch (cause) {
    throw new WrongMasterKey('the master key does not open what this database holds', { cause });
  }
};

type Canary = { readonly sealed: Buffer };

/** A database that was sealed before it had a canary holds data keys that say the same. */
const plantCanary = async ({ db, masterKey }: Database): Promise<Buffer> => {
  const known = await db<{ id: string; wrapped: Buffer | null }>('data_keys').whereNotNull('wrapped').first();
  if (known?.wrapped) throwUnlessOpened(masterKey, known.wrapped, known.id);
  const sealed = seal(masterKey, Buffer.from(CANARY), CANARY);
  await db('master_key_canary').insert({ sealed }).onConflict('one').ignore();
  return (await db<Canary>('master_key_canary').first('sealed'))?.sealed ?? sealed; // another process may have been first
};

/** Before anything is sealed. @throws WrongMasterKey when this database was sealed with another key */
export const demandMasterKey = async (database: Database): Promise<void> => {
  const canary = await database.db<Canary>('master_key_canary').first('sealed');
  throwUnlessOpened(database.masterKey, canary?.sealed ?? (await plantCanary(database)), CANARY);
};
