import type { Static, TSchema } from '@sinclair/typebox';
import type { Trace } from '../../platform/trace.ts';
import { ServiceRejected } from './merchant-service.ts';
import { createRetry, type RetryOptions } from './retry-schedule.ts';
import { exchange } from './exchange.ts';

export type ServiceOptions = RetryOptions & {
  /** As people call it: `cart`, `product`. */
  readonly name: string;
  /** Base URL; a path in it is kept. */
  readonly url: string;
  /** How long one attempt may take, in milliseconds. Default 3000. */
  readonly timeoutMs?: number;
  /** Sent as `X-API-Key`. */
  readonly apiKey?: string | undefined;
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
};

export type ServiceRequest<T extends TSchema> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts of the path below the base; each is encoded. */
  readonly path: readonly string[];
  /** Sent as JSON. */
  readonly body?: object;
  /** Makes a write safe to repeat: the service does it once for each key. */
  readonly idempotencyKey?: string;
  /** Whether it may be repeated because it changes nothing. Default: a GET. */
  readonly isReadOnly?: boolean;
  /** Sent as `Authorization: Bearer` in place of the service's own. */
  readonly bearer?: string;
  readonly trace?: Trace;
  /** What a 2xx answer must look like; more properties are fine. Left out: its body is of no interest. */
  readonly answer?: T;
};

/** A 2xx with its body, or the status with which the service said no. */
export type ServiceAnswer<T> =
  { readonly ok: true; readonly body: T } | { readonly ok: false; readonly status: number };

/**
 * One of the merchant's services over HTTP. What is safe to repeat (a GET, or with a key) is tried again; a service that
 * fails time after time is left alone for a while, then asked once.
 * @throws `ServiceUnavailable`: not reached, too slow, 5xx, 408, 429, half an answer, or one of the wrong shape
 */
export type HttpService = {
  readonly name: string;
  readonly ask: <T extends TSchema>(ask: ServiceRequest<T>) => Promise<ServiceAnswer<Static<T>>>;
};

/** A URL swallows these, encoded or not: such a part would name another place. */
const isNameable = (part: string): boolean => part !== '' && part !== '.' && part !== '..' && part.isWellFormed();

const isSafe = ({
  method,
  isReadOnly: changesNothing = method === 'GET',
  idempotencyKey,
}: ServiceRequest<TSchema>): boolean => changesNothing || idempotencyKey !== undefined;

export const createHttpService = (options: ServiceOptions): HttpService => {
  const base = options.url.replace(/(?<!\/)\/+$/, '');
  const patiently = createRetry(options);
  return {
    name: options.name,
    ask: async (ask) => {
      if (!ask.path.every(isNameable)) return { ok: false, status: 404 };
      const url = `${base}/${ask.path.map(encodeURIComponent).join('/')}`;
      return patiently(() => exchange(options, url, ask), { again: isSafe(ask) });
    },
  };
};

/** The body of an answer that must be a yes. */
export const expectOk = <T>({ name }: HttpService, answer: ServiceAnswer<T>): T => {
  if (answer.ok) return answer.body;
  throw new ServiceRejected(name, answer.status);
};
