import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { problem } from './problem.ts';

/** Read and dropped, so that a client that sends too much still gets its answer instead of a broken connection. */
const DROPPED_AT_MOST = 8 * 1024 * 1024;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;

/** The client went away before its request was complete: no answer can be sent. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

const tooLarge = (maxBytes: number, close: boolean) =>
  problem('request.too_large', `The body may have at most ${maxBytes} bytes. Send less, or split it.`, {
    ...(close && { headers: { Connection: 'close' } }),
  });

const collect = (request: IncomingMessage, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > DROPPED_AT_MOST) {
        request.pause();
        reject(tooLarge(maxBytes, true));
      }
    });
    // Every request closes; one that closes before its end was given up, perhaps before we listened.
    const gone = (): void => reject(new RequestAborted());
    if (request.destroyed) gone();
    request.once('end', () => {
      request.off('close', gone);
      if (size > maxBytes) reject(tooLarge(maxBytes, false));
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
    });
    request.once('close', gone);
    request.once('error', gone);
  });

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const checkType = ({ headers }: IncomingMessage): void => {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw problem('request.unsupported_media_type', 'Send the body uncompressed, without Content-Encoding.');
  }
  const type = headers['content-type'];
  if (type !== undefined && JSON_TYPE.test(type)) return;
  const sent = type === undefined ? 'The body has no Content-Type' : 'The body is not JSON in UTF-8';
  throw problem('request.unsupported_media_type', `${sent}. Send JSON with Content-Type: application/json.`);
};

export type RawBody = Buffer;

/** The bytes of a body within its limits; `undefined` when none came. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<RawBody | undefined> => {
  if (!hasBody(request)) return undefined;
  if (Number(request.headers['content-length'] ?? 0) > DROPPED_AT_MOST) throw tooLarge(maxBytes, true);
  const raw = await collect(request, maxBytes);
  if (raw.length === 0) return undefined;
  checkType(request);
  return raw;
};

/** Strict: a bad byte is rejected, never replaced. */
export const parseJson = (raw: RawBody): unknown => {
  if (!isUtf8(raw)) throw problem('request.malformed', 'The body is not valid UTF-8.');
  try {
    return JSON.parse(raw.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch {
    throw problem(
      'request.not_json',
      'The body is not JSON. Check quotes, commas and brackets; NaN is not a JSON number.',
    );
  }
};
