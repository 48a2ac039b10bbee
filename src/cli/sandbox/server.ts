import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createFaults, FAULTS, isFault, type Fault } from './faults.ts';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
};
export type Answered = { readonly status: number; readonly body?: unknown };

/** Address pattern (`GET /api/products/:id`) → the handler, given the named parts and the body. */
export type Handlers = {
  readonly [address: string]: (parts: readonly string[], body: Readonly<Record<string, unknown>>) => Answered;
};

export type SandboxService = {
  readonly url: string;
  /** Requests that arrived, those that met a fault included. */
  readonly asked: readonly Asked[];
  /** How many connections were opened. */
  readonly connections: () => number;
  /** The same over HTTP: `PUT /_sandbox/fault {"fault": "down", "times": 2}`, null for none. */
  readonly fail: (fault: Fault | undefined, times?: number) => void;
  readonly stop: () => Promise<void>;
};

const DEFAULT_SLOW_MS = 10_000;

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const compile = (handlers: Handlers) =>
  Object.entries(handlers).map(([address, handle]) => ({
    pattern: new RegExp(`^${address.replaceAll(/:\w+/g, '([^/]+)')}$`),
    handle,
  }));

const send = (response: ServerResponse, { status, body }: Answered): void => {
  const content = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) });
  response.end(content);
};

/** Announces the whole answer and sends half of it. */
const sendHalf = (response: ServerResponse, { status, body }: Answered): void => {
  const content = JSON.stringify(body ?? {});
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) + 1 });
  response.write(content.slice(0, Math.ceil(content.length / 2)), () => response.destroy());
};

/**
 * One of the merchant's services, in memory, on loopback. A write with an `Idempotency-Key` is done once; the same key
 * gets the same answer. `slow`, `garbage` and `half` carry out the request and lose the answer.
 */
export const startSandboxService = async (
  handlers: Handlers,
  { port = 0, slowMs = DEFAULT_SLOW_MS }: { readonly port?: number; readonly slowMs?: number } = {},
): Promise<SandboxService> => {
  const faults = createFaults();
  const asked: Asked[] = [];
  const remembered = new Map<string, Answered>();
  const routes = compile(handlers);
  let connections = 0;

  const act = ({ method, path, headers, body }: Asked): Answered => {
    const address = `${method} ${path}`;
    const key = headers['idempotency-key'];
    const known = typeof key === 'string' ? remembered.get(`${address} ${key}`) : undefined;
    if (known !== undefined) return known;
    for (const { pattern, handle } of routes) {
      const parts = pattern.exec(address)?.slice(1);
      if (parts === undefined) continue;
      const answer = handle(parts.map(decodeURIComponent), asObject(body));
      if (typeof key === 'string') remembered.set(`${address} ${key}`, answer);
      return answer;
    }
    return { status: 404, body: { message: 'not found' } };
  };

  const control = ({ method, path, body }: Asked): Answered => {
    if (method === 'GET' && path === '/_sandbox/asked') return { status: 200, body: asked };
    const { fault, times } = asObject(body);
    if (method !== 'PUT' || path !== '/_sandbox/fault' || !(fault === null || isFault(fault)))
      return { status: 422, body: { message: `PUT /_sandbox/fault {"fault": ${FAULTS.join('|')} or null, "times"?}` } };
    faults.set(fault ?? undefined, typeof times === 'number' ? times : undefined);
    return { status: 200, body: { fault } };
  };

  const meet = (fault: Fault | undefined, one: Asked, response: ServerResponse): void => {
    if (fault === 'down') response.destroy();
    else if (fault === '500') send(response, { status: 500, body: { message: 'out of order' } });
    else reply(fault, act(one), response);
  };

  const reply = (fault: Fault | undefined, answer: Answered, response: ServerResponse): void => {
    if (fault === 'slow') setTimeout(() => send(response, answer), slowMs).unref();
    else if (fault === 'garbage') response.writeHead(200).end('<html>Bad gateway</html>');
    else if (fault === 'half') sendHalf(response, answer);
    else send(response, answer);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const one = { method: request.method ?? 'GET', path, headers: request.headers, body: parse(await text(request)) };
    if (path.startsWith('/_sandbox/')) {
      send(response, control(one));
      return;
    }
    asked.push(one);
    meet(faults.take(), one, response);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.on('connection', () => (connections += 1));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port, not on a pipe
    asked,
    connections: () => connections,
    fail: faults.set,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
