import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { DataKeys } from '../../platform/data-keys.ts';
import { seal, unseal } from '../../platform/seal.ts';

export type Device = {
  readonly customer_id: string;
  /** What the push service calls it. */
  readonly token: string;
  readonly platform: string | null;
};

export type RegisteredDevice = Omit<Device, 'customer_id'> & { readonly registered_at: string };

/** The devices on which customers want messages. */
export type Devices = {
  /** A device is its latest customer's. Of one customer the newest are kept. */
  readonly register: (device: Device) => Promise<void>;
  readonly forget: (device: Pick<Device, 'customer_id' | 'token'>) => Promise<void>;
  /** Newest first. */
  readonly of: (customerId: string) => Promise<readonly RegisteredDevice[]>;
  /** Newest first. */
  readonly tokensOf: (customerId: string) => Promise<readonly string[]>;
};

/** Most devices of one customer. */
const MOST = 20;

type Row = {
  readonly token_hash: Buffer;
  readonly customer_id: string;
  readonly platform: string | null;
  readonly key_id: string;
  readonly sealed: Buffer;
  readonly registered_at: Date;
};

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const boundTo = (hash: Buffer): string => hash.toString('hex');

export const openDevices = (db: Knex, keys: DataKeys): Devices => {
  /** Without those whose key was destroyed. */
  const devicesOf: Devices['of'] = async (customerId) => {
    const rows = await db<Row>('devices')
      .where({ customer_id: customerId })
      .orderBy('registered_at', 'desc')
      .select('token_hash', 'platform', 'registered_at', 'key_id', 'sealed');
    if (rows.length === 0) return [];
    const known = await keys.byId(rows.map(({ key_id }) => key_id));
    return rows.flatMap(({ token_hash, platform, registered_at, key_id, sealed }) => {
      const key = known.get(key_id);
      if (key === undefined) return [];
      const token = unseal(key.key, sealed, boundTo(token_hash)).toString();
      return [{ token, platform, registered_at: registered_at.toISOString() }];
    });
  };
  return {
    register: async ({ customer_id, token, platform }) => {
      const { id: key_id, key } = await keys.forSubject(customer_id);
      const token_hash = hashOf(token);
      const sealed = seal(key, Buffer.from(token), boundTo(token_hash));
      await db('devices')
        .insert({ token_hash, customer_id, platform, key_id, sealed, registered_at: db.fn.now() })
        .onConflict('token_hash')
        .merge();
      await db.raw(
        `delete from devices where token_hash in (
         select token_hash from devices where customer_id = ? order by registered_at desc, token_hash offset ?)`,
        [customer_id, MOST],
      );
    },
    forget: async ({ customer_id, token }) => {
      await db<Row>('devices')
        .where({ customer_id, token_hash: hashOf(token) })
        .delete();
    },
    of: devicesOf,
    tokensOf: async (customerId) => (await devicesOf(customerId)).map(({ token }) => token),
  };
};
