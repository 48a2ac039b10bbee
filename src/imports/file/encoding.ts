import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UnreadableFile } from '../findings.ts';

/** A label that `TextDecoder` knows, such as `utf-8`, `utf-16le`, `windows-1252`, `iso-8859-15`. */
export type Encoding = string;

const HEAD_BYTES = 4_096;
const CHUNK_BYTES = 256 * 1_024;
/** UTF-16 text of Latin letters has at least this share of zeros among its bytes at even or at odd places. */
const MOSTLY = 0.3;

const MARKS: readonly (readonly [mark: readonly number[], encoding: Encoding])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

const markedAs = (head: Uint8Array): Encoding | undefined =>
  MARKS.find(([mark]) => mark.every((byte, index) => head[index] === byte))?.[1];

const headOf = async (path: string): Promise<Uint8Array> => {
  const file = await open(path).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UnreadableFile(`${path} cannot be opened (${code}).`, { cause });
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw new UnreadableFile(`${path} cannot be read: is it a file?`, { cause });
  } finally {
    await file.close();
  }
};

const looksLikeUtf16 = (head: Uint8Array): Encoding | undefined => {
  const zeros = [0, 0];
  head.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const half = head.length / 2;
  const [even = 0, odd = 0] = zeros;
  if (odd > half * MOSTLY && even === 0) return 'utf-16le';
  return even > half * MOSTLY && odd === 0 ? 'utf-16be' : undefined;
};

const isUtf8 = async (path: string): Promise<boolean> => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
      decoder.decode(chunk as Uint8Array, { stream: true }); // no encoding is set: a stream of bytes
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
};

/**
 * The encoding of a file: that of its byte order mark, else the requested one, else UTF-16 or UTF-8 if the bytes are
 * valid, else Windows-1252, which spreadsheets still write.
 * @throws UnreadableFile if it is not text
 */
export const detectEncoding = async (path: string, asked?: Encoding): Promise<Encoding> => {
  const head = await headOf(path);
  if (head.length === 0) throw new UnreadableFile(`${path} is empty.`);
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03)
    throw new UnreadableFile(`${path} is a spreadsheet or a ZIP file. Save it as CSV first.`);
  const marked = markedAs(head);
  if (marked !== undefined) return marked;
  if (asked !== undefined) return asked;
  const wide = looksLikeUtf16(head);
  if (wide !== undefined) return wide;
  if (head.includes(0)) throw new UnreadableFile(`${path} is not a text file: it contains NUL bytes.`);
  return (await isUtf8(path)) ? 'utf-8' : 'windows-1252';
};

/** 0x80 to 0x9f of Windows-1252; the rest is Latin-1. Several releases of Node decode these bytes as Latin-1 too. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const CONTROLS = /[\u0080-\u009f]/g;

const isWindows1252 = (encoding: Encoding): boolean => new TextDecoder(encoding).encoding === 'windows-1252';

export const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
};

async function* bytesOf(path: string, onBytes: (bytes: Uint8Array) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes = chunk as Buffer; // no encoding is set: a stream of bytes
    onBytes(bytes);
    yield bytes;
  }
}

/**
 * The text of a file, piece by piece, without its byte order mark. `onBytes` gets the bytes read, for hashes and
 * progress.
 */
export async function* decodeFile(
  path: string,
  encoding: Encoding,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): AsyncGenerator<string> {
  const bytes = bytesOf(path, onBytes);
  if (isWindows1252(encoding)) {
    for await (const chunk of bytes)
      yield chunk
        .toString('latin1')
        .replace(CONTROLS, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80] ?? control);
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
