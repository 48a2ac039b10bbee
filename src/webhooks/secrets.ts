import { randomBytes } from 'node:crypto';
import { seal, unseal } from '../platform/seal.ts';

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

/** What to sign with; the present one first. */
export const openSecrets = (
  row: Omit<SecretRow, 'url' | 'id'>,
  { open }: WebhookSecrets,
  id: string,
): readonly string[] =>
  [row.secret, ...(row.previous_secret !== null && row.is_graceful === true ? [row.previous_secret] : [])].map(
    (sealed) => open(sealed, id),
  );

/** The master key has 32 bytes. */
export const webhookSecrets = (masterKey: Uint8Array): WebhookSecrets => ({
  fresh: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
  seal: (secret, endpointId) => seal(masterKey, Buffer.from(secret), `webhook/${endpointId}`),
  open: (sealed, endpointId) => unseal(masterKey, sealed, `webhook/${endpointId}`).toString(),
});
