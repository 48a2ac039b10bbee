import { STATUS_CODES, createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { limitConnections, type ConnectionLimit } from './limits/connection-limit.ts';
import { problem, problemBody, type GenericCode } from './problem.ts';

/** What one connection may take. */
export type ServerLimits = {
  /** Most connections at once; more are closed as they come. Default 10 000. */
  readonly maxConnections?: number;
  /** Of one client. Default: no limit. */
  readonly perAddress?: ConnectionLimit;
  /** A request's head must be complete within. Milliseconds, default 10 000. */
  readonly headMs?: number;
  /** A request must be complete within, body and all. Milliseconds, default 30 000. */
  readonly requestMs?: number;
  /** How often those two are looked at. Milliseconds, default 1 000. */
  readonly checkMs?: number;
  /** Largest head in bytes, address included. Default 16 KiB. */
  readonly maxHeadBytes?: number;
};

/** Longer than proxies keep theirs, so that it is never we who close what they have just written to. */
const KEEP_ALIVE_MS = 72_000;

const CODES: Readonly<Record<string, readonly [code: GenericCode, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['request.head_too_large', 'Address and headers together are too large. Send less.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request.too_slow', 'The request did not arrive in time. Send it again, without pauses.'],
};
const MALFORMED = ['request.malformed', 'This is not an HTTP/1.1 request.'] as const;

/** Answers input that never became a request, in the same form as every other problem. */
const rejectConnection = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { parts } = problem(...(CODES[error.code ?? ''] ?? MALFORMED));
  const body = JSON.stringify(problemBody(parts, { instance: '', requestId: '' }));
  socket.end(
    `HTTP/1.1 ${parts.status} ${STATUS_CODES[parts.status] ?? ''}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
};

/** A server that neither slow clients nor many connections can block. */
export const createHttpServer = (handle: RequestListener, limits: ServerLimits = {}): Server => {
  const { maxConnections = 10_000, headMs = 10_000, requestMs = 30_000, checkMs = 1_000 } = limits;
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeadBytes ?? 16 * 1024,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    handle,
  );
  server.maxConnections = maxConnections;
  if (limits.perAddress !== undefined) limitConnections(server, limits.perAddress);
  server.on('clientError', rejectConnection);
  return server;
};
