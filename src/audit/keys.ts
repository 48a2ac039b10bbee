import { createHash } from 'node:crypto';
import { createSigner, type Signer, type Verifier } from './formats/signed-note.ts';

/** Ed25519 keys, PKCS #8 in DER. */
export type LogKeys = { readonly sign: Uint8Array; readonly cosign: Uint8Array };

export type LogSigners = { readonly sign: Signer; readonly cosign: Signer };

/** The default name of a log: digits of its public key. */
export const defaultOrigin = ({ sign }: LogKeys): string => {
  const { publicKey } = createSigner('waybill', 'signature', sign).verifier;
  return `waybill/${createHash('sha256').update(publicKey).digest('hex').slice(0, 16)}`;
};

/** The cosigner adds the time and has its own name. */
export const createSigners = ({ sign, cosign }: LogKeys, origin: string): LogSigners => ({
  sign: createSigner(origin, 'signature', sign),
  cosign: createSigner(`${origin}/time`, 'cosignature', cosign),
});

export const verifiersOf = ({ sign, cosign }: LogSigners): readonly Verifier[] => [sign.verifier, cosign.verifier];
