import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { openWrapped, type MasterKeys } from '../platform/master-key.ts';
import { seal } from '../platform/seal.ts';

const SECRET_BYTES = 32;

/** Secrets of endpoints, as Standard Webhooks writes them (`whsec_` and base64), sealed under the master key. */
export type WebhookSecrets = {
  readonly fresh: () => string;
  readonly seal: (secret: string, endpointId: string) => Buffer;
  readonly open: (sealed: Buffer, endpointId: string) => string;
};

/** The columns in which an endpoint's secrets lie. */
export type SecretRow = {
  readonly id: string;
  readonly url: string;
  readonly secret: Buffer;
  readonly previous_secret: Buffer | null;
  /** Whether the one before is used as well. */
  readonly is_graceful: boolean | null;
};

/** The signing secrets; the current one first. */
export const openSecrets = (
  row: Omit<SecretRow, 'url' | 'id'>,
  { open }: WebhookSecrets,
  id: string,
): readonly string[] =>
  [row.secret, ...(row.previous_secret !== null && row.is_graceful === true ? [row.previous_secret] : [])].map(
    (sealed) => open(sealed, id),
  );

const boundOf = (endpointId: string): string => `webhook/${endpointId}`;

/** Master keys have 32 bytes. During a rotation the previous one opens what it has sealed. */
export const webhookSecrets = (masterKey: Uint8Array, previousMasterKey?: Uint8Array): WebhookSecrets => ({
  fresh: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
  seal: (secret, endpointId) => seal(masterKey, Buffer.from(secret), boundOf(endpointId)),
  open: (sealed, endpointId) => openWrapped({ masterKey, previousMasterKey }, sealed, boundOf(endpointId)).toString(),
});

type Sealed = Pick<SecretRow, 'id' | 'secret' | 'previous_secret'>;

/** Seals every endpoint's secrets with the new master key, all at once: there are few. */
export const rewrapSecrets = ({
  db,
  masterKey,
  previousMasterKey,
}: MasterKeys & { readonly db: Knex }): Promise<void> =>
  db.transaction(async (tx) => {
    const { open, seal: sealed } = webhookSecrets(masterKey, previousMasterKey);
    const rows = await tx<Sealed>('webhook_endpoints').forUpdate().select('id', 'secret', 'previous_secret');
    for (const { id, secret, previous_secret } of rows)
      await tx<Sealed>('webhook_endpoints')
        .where({ id })
        .update({
          secret: sealed(open(secret, id), id),
          previous_secret: previous_secret === null ? null : sealed(open(previous_secret, id), id),
        });
  });
