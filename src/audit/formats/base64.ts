export const encodeBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Standard base64 with its padding; undefined for any other spelling: one value has one text. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};
