import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const IVS_AT_ONCE = 256;

/** Random bytes are drawn for many at once: alone they cost more than the sealing. Each is used once. */
const createIvs = (): (() => Buffer) => {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length < IV_BYTES) drawn = randomBytes(IV_BYTES * IVS_AT_ONCE);
    const iv = drawn.subarray(0, IV_BYTES);
    drawn = drawn.subarray(IV_BYTES);
    return iv;
  };
};
const nextIv = createIvs();

/** AES-256-GCM: iv, ciphertext and tag in one buffer. `bound` is authenticated, so a seal cannot be moved elsewhere. */
export const seal = (key: Uint8Array, plain: Uint8Array, bound: string): Buffer => {
  const iv = nextIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
};

/** Reverses `seal`; throws when the key, the bytes or what they were bound to differ. */
export const unseal = (key: Uint8Array, sealed: Uint8Array, bound: string): Buffer => {
  const iv = sealed.subarray(0, IV_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound)).setAuthTag(tag);
  const plain = decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES));
  decipher.final(); // it has no bytes left: it compares the tag
  return plain;
};
