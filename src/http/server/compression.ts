import type { Context } from 'koa';
import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createGzip, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip';

type Compress = (content: Buffer) => Promise<Buffer>;

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

const compressors = (brotliQuality: number, gzipLevel: number): Readonly<Record<Encoding, Compress>> => ({
  br: (content) =>
    toBrotli(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength,
      },
    }),
  gzip: (content) => toGzip(content, { level: gzipLevel }),
});

/** For an answer made for one request: a page of orders takes 0.1 ms and keeps a fifth of its size. */
const FAST = compressors(1, 1);
/** For what is served again and again. The next better quality takes six times as long for 7 %. */
const SMALL = compressors(9, 9);

/** What fits into one packet with its headers arrives no sooner for being smaller. */
const WORTH_IT_BYTES = 1_400;
const COMPRESSIBLE = /^(text\/(?!event-stream)|application\/(json|problem\+json|yaml|x-ndjson|javascript)\b)/;

/** Compresses content once for each encoding, when it is first asked for. */
export const compressOnce = (content: Buffer): ((encoding: Encoding) => Promise<Buffer>) => {
  const known = new Map<Encoding, Promise<Buffer>>();
  return (encoding) => {
    const compressed = known.get(encoding) ?? SMALL[encoding](content);
    known.set(encoding, compressed);
    return compressed;
  };
};

/**
 * The encoding that an answer goes out in; undefined is as it is. Only answers to reads are compressed: secrets (of
 * webhooks, of keys) are shown in answers to writes alone, so no length says anything about one (BREACH).
 */
const encodingFor = (ctx: Context, size: number, offered: readonly Encoding[]): Encoding | undefined => {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return undefined;
  if (size < WORTH_IT_BYTES || !COMPRESSIBLE.test(ctx.response.get('Content-Type'))) return undefined;
  ctx.vary('Accept-Encoding');
  if (ctx.req.headers['accept-encoding'] === undefined) return undefined;
  return offered.find((encoding) => ctx.acceptsEncodings(encoding) === encoding);
};

/** A file that is sent as it is read. Whichever end breaks off ends the other; the answer's own end tells the log. */
const sendStream = (ctx: Context, content: Readable): void => {
  const isCompressed = encodingFor(ctx, Infinity, ['gzip']) === 'gzip' && ctx.method === 'GET';
  if (isCompressed) ctx.set('Content-Encoding', 'gzip');
  ctx.body = isCompressed ? pipeline(content, createGzip({ level: 1 }), () => undefined) : content;
};

/** Sends content, compressed where the client takes that and it is worth the time. */
export const sendContent = (
  ctx: Context,
  content: string | Buffer | Readable,
  compressed?: (encoding: Encoding) => Promise<Buffer>,
): void | Promise<void> => {
  if (typeof content !== 'string' && !Buffer.isBuffer(content)) {
    sendStream(ctx, content);
    return;
  }
  const encoding = encodingFor(ctx, Buffer.byteLength(content), ['br', 'gzip']);
  if (encoding === undefined) {
    ctx.body = content;
    return;
  }
  const compressing = compressed?.(encoding) ?? FAST[encoding](Buffer.from(content));
  return compressing.then((body) => {
    ctx.set('Content-Encoding', encoding);
    ctx.body = body;
  });
};
