import { setTimeout as delay } from 'node:timers/promises';

export type Asked = {
  readonly method?: string;
  readonly path: string;
  readonly json?: unknown;
  /** Idempotency key: a write without one is not repeated. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answered<T> = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly bytes: Buffer;
  /** How often the request was sent. */
  readonly tries: number;
};

/** Repeats a request until it is answered. */
export type Ask = <T>(asked: Asked) => Promise<Answered<T>>;

const TRY_MS = 5_000;
const GIVE_UP_MS = 90_000;

/** The request must be repeated: no process answered, or the outcome is not known yet. */
const isNoAnswer = (status: number, body: unknown): boolean =>
  status >= 500 ||
  status === 429 ||
  (status === 409 &&
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    (body.code === 'idempotency.in_flight' || body.code === 'stream.contention'));

/** A client that tries these addresses in turn, always with the same key, until one answers. */
export const createAsk = (addresses: () => readonly string[], token: string): Ask => {
  let turn = 0;
  return async <T>({ method = 'GET', path, json, key, headers = {} }: Asked): Promise<Answered<T>> => {
    const deadline = Date.now() + GIVE_UP_MS;
    let last = '';
    for (let tries = 1; Date.now() < deadline; tries++) {
      const all = addresses();
      const address = all[turn++ % all.length] ?? '';
      try {
        const response = await fetch(address + path, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(json !== undefined && { 'content-type': 'application/json' }),
            ...(key !== undefined && { 'idempotency-key': key }),
            ...headers,
          },
          body: json === undefined ? null : JSON.stringify(json),
          signal: AbortSignal.timeout(TRY_MS),
        });
        const bytes = Buffer.from(await response.arrayBuffer());
        const isJson = response.headers.get('content-type')?.includes('json') === true;
        const body: unknown = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
        const { status, headers: answered } = response;
        if (!isNoAnswer(status, body)) return { status, headers: answered, body: body as T, bytes, tries };
        last = `${status} ${bytes.toString().slice(0, 300)}`;
      } catch (error) {
        last = String(error);
      }
      await delay(25);
    }
    throw new Error(`${method} ${path} was not answered within ${GIVE_UP_MS} ms; last: ${last}`);
  };
};
