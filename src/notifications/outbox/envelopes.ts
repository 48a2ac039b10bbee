import type { DataKeys } from '../../platform/data-keys.ts';
import { seal, unseal } from '../../platform/seal.ts';

/** The recipient and the subject of a message. */
export type Envelope = { readonly to: string; readonly subject: string };

export type SealedEnvelope = { readonly key_id: string; readonly sealed: Buffer };

/** Seals an envelope under the customer's key, bound to its message. */
export const sealEnvelope = async (
  keys: DataKeys,
  { id, customer_id, to, subject }: Envelope & { readonly id: string; readonly customer_id: string },
): Promise<SealedEnvelope> => {
  const { id: key_id, key } = await keys.forSubject(customer_id);
  return { key_id, sealed: seal(key, Buffer.from(JSON.stringify({ to, subject })), id) };
};

/** Opens envelopes; those of an erased customer cannot be opened any more. */
export const openEnvelopes = async (
  keys: DataKeys,
  rows: readonly (SealedEnvelope & { readonly id: string })[],
): Promise<readonly (Envelope | null)[]> => {
  const known = await keys.byId(rows.map(({ key_id }) => key_id));
  return rows.map(({ id, key_id, sealed }) => {
    const key = known.get(key_id);
    return key === undefined ? null : (JSON.parse(unseal(key.key, sealed, id).toString()) as Envelope); // sealed above
  });
};
