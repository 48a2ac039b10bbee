import { generateKeyPairSync } from 'node:crypto';

/** An Ed25519 key, PKCS #8 in DER: as LOG_KEY is, before base64. */
export const newSigningKey = (): Buffer =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
