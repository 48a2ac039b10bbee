/** Type numbers of PostgreSQL's catalogue; they never change. */
const OID = { int8: 20, int4: 23, text: 25, json: 114, uuid: 2950 } as const;

const HEADER_BYTES = 20;

/** One-dimensional array in PostgreSQL's binary form: several times cheaper for both sides than `{"…"}` with escapes. */
const header = (oid: number, length: number, bytes: number): Buffer => {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0); // dimensions
  buffer.writeInt32BE(0, 4); // no nulls
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  return length === 0 ? buffer.subarray(0, 12) : buffer;
};

const strings = (oid: number, values: readonly string[]): Buffer => {
  const bytes = values.reduce((sum, value) => sum + 4 + Buffer.byteLength(value), 0);
  const buffer = header(oid, values.length, bytes);
  let offset = HEADER_BYTES;
  for (const value of values) {
    const written = buffer.write(value, offset + 4);
    buffer.writeInt32BE(written, offset);
    offset += 4 + written;
  }
  return buffer;
};

export const textArray = (values: readonly string[]): Buffer => strings(OID.text, values);

/** Values that are JSON text already. */
export const jsonArray = (values: readonly string[]): Buffer => strings(OID.json, values);

export const int4Array = (values: readonly number[]): Buffer => {
  const buffer = header(OID.int4, values.length, values.length * 8);
  values.forEach((value, index) => {
    buffer.writeInt32BE(4, HEADER_BYTES + index * 8);
    buffer.writeInt32BE(value, HEADER_BYTES + index * 8 + 4);
  });
  return buffer;
};

export const int8Array = (values: readonly bigint[]): Buffer => {
  const buffer = header(OID.int8, values.length, values.length * 12);
  values.forEach((value, index) => {
    buffer.writeInt32BE(8, HEADER_BYTES + index * 12);
    buffer.writeBigInt64BE(value, HEADER_BYTES + index * 12 + 4);
  });
  return buffer;
};

/** UUIDs must be checked before: half a UUID would be padded with what lay in memory. */
export const uuidArray = (values: readonly string[]): Buffer => {
  const buffer = header(OID.uuid, values.length, values.length * 20);
  values.forEach((value, index) => {
    buffer.writeInt32BE(16, HEADER_BYTES + index * 20);
    buffer.write(value.replaceAll('-', ''), HEADER_BYTES + index * 20 + 4, 'hex');
  });
  return buffer;
};
