/** Numbers by which PostgreSQL knows its types; they never change. */
const OID = { int8: 20, int4: 23, text: 25, json: 114, uuid: 2950 } as const;

const HEADER_BYTES = 20;

const NULL_LENGTH = -1;

/** One-dimensional array in PostgreSQL's binary form: several times cheaper for both sides than `{"…"}` with escapes. */
const header = (oid: number, length: number, bytes: number): Buffer => {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0); // dimensions
  buffer.writeInt32BE(1, 4); // nulls may be among them
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  return length === 0 ? buffer.subarray(0, 12) : buffer;
};

type Texts = readonly (string | null)[];

const strings = (oid: number, values: Texts): Buffer => {
  let bytes = 0;
  for (const value of values) bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  const buffer = header(oid, values.length, bytes);
  let offset = HEADER_BYTES;
  for (const value of values) {
    const written = value === null ? 0 : buffer.write(value, offset + 4);
    buffer.writeInt32BE(value === null ? NULL_LENGTH : written, offset);
    offset += 4 + written;
  }
  return buffer;
};

export const textArray = (values: Texts): Buffer => strings(OID.text, values);

/** Values that are JSON text already. */
export const jsonArray = (values: Texts): Buffer => strings(OID.json, values);

/** Values that all take so many bytes. */
const ofSize = <T>(
  oid: number,
  size: number,
  values: readonly T[],
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer => {
  const buffer = header(oid, values.length, values.length * (4 + size));
  values.forEach((value, index) => {
    const at = HEADER_BYTES + index * (4 + size);
    buffer.writeInt32BE(size, at);
    write(buffer, value, at + 4);
  });
  return buffer;
};

export const int4Array = (values: readonly number[]): Buffer =>
  ofSize(OID.int4, 4, values, (buffer, value, at) => buffer.writeInt32BE(value, at));

export const int8Array = (values: readonly bigint[]): Buffer =>
  ofSize(OID.int8, 8, values, (buffer, value, at) => buffer.writeBigInt64BE(value, at));

/** UUIDs must be checked before: half a UUID would be padded with what lay in memory. */
export const uuidArray = (values: readonly string[]): Buffer =>
  ofSize(OID.uuid, 16, values, (buffer, value, at) => buffer.write(value.replaceAll('-', ''), at, 'hex'));
