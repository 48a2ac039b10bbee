import { Type } from '@sinclair/typebox';
import type { Ajv } from 'ajv';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { rejectionOf } from './auth/may-call.ts';
import { parseJson, readBody } from './body.ts';
import type { Caller } from './caller.ts';
import { expectedRevision, lastEventId, minPosition, traceId } from './conventions.ts';
import type { KernelDeps } from './deps.ts';
import { commandIdOf, idempotencyKey, keyedRequest } from './idempotency/keyed-request.ts';
import { createRunOnce } from './idempotency/run-once.ts';
import { invalid, notFound, problem } from './problem.ts';
import type { InputOf, Loading, Reply, Route } from './route.ts';
import type { RouteSpec } from './spec.ts';
import type { ToProblem } from './to-problem.ts';
import { compileBody } from './validation/body-validator.ts';
import { compileQuery } from './validation/query-reader.ts';
import { hasUnseen } from '../../domain/shared/visible-text.ts';

export type Incoming = {
  readonly request: IncomingMessage;
  /** The client's address, behind proxies that are trusted. */
  readonly ip: string | undefined;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** Query string without `?`. */
  readonly search: string;
  readonly params: Readonly<Record<string, string>>;
  /** Called as soon as the caller is known, for the log. */
  readonly onCaller: (caller: Caller) => void;
  /** Calls this when the client is gone, answered or not. */
  readonly onGone: (end: () => void) => void;
  /** Goes with the answer, whatever it is. */
  readonly setHeaders: (headers: Readonly<Record<string, string>>) => void;
};

export type PipelineDeps = KernelDeps & { readonly toProblem: ToProblem };

/** A route ready to run. */
export type RunRoute = (incoming: Incoming) => Promise<Reply>;

/** How long a read waits for the read models to include a caller's own write. */
const CATCH_UP_MS = 2_000;
const LONGEST_USER_AGENT = 500;
const MAX_BODY_BYTES = 1024 * 1024;
const NOTHING = Type.Object({}, { additionalProperties: false });
const ANONYMOUS: Caller = { id: 'anonymous', role: 'customer', email: null, name: null };

const revisionOf = (subject: unknown): bigint | undefined =>
  typeof subject === 'object' && subject !== null && 'revision' in subject && typeof subject.revision === 'bigint'
    ? subject.revision
    : undefined;

/** What a request with an Idempotency-Key asks for, and how to tell it from another one with that key. */
type Keyed = { readonly command_id: string; readonly request_hash: string };

/** An id of the kind that bodies and tokens may name: nothing has another one, and no money goes to it. */
const isPlain = (text: string): boolean => text.length <= 255 && text.isWellFormed() && !hasUnseen(text);

/** `/orders/:id/history` → `order`: what the first parameter of a path names. */
const thingIn = (path: string): string =>
  path
    .slice(0, path.indexOf('/:'))
    .slice(path.lastIndexOf('/', path.indexOf('/:') - 1) + 1)
    .replace(/s$/, '');

type Read = { readonly query: unknown; readonly body: unknown; readonly raw: Buffer | undefined };

/** Else URLSearchParams would store U+FFFD in place of what was sent, as no body may. */
const isDecodable = (search: string): boolean => {
  if (!search.includes('%')) return true;
  try {
    decodeURIComponent(search);
    return true;
  } catch {
    return false;
  }
};

/** Body and query, read and converted; everything wrong with either in one answer. */
const compileReader = ({ spec, currencyOf }: Route, ajv: Ajv, deps: KernelDeps) => {
  const readQuery = compileQuery(ajv, spec.query ?? NOTHING);
  const checkBody = compileBody(ajv, spec.body ?? NOTHING);
  const needsBody = spec.body !== undefined && spec.bodyOptional !== true;
  const takesBody = !spec.methods.includes('GET');
  const maxBytes = deps.maxBodyBytes ?? MAX_BODY_BYTES;

  return async ({ request, search }: Incoming, caller: Caller, subject: unknown): Promise<Read> => {
    if (!isDecodable(search)) throw problem('request.malformed', 'The query is not percent-encoded UTF-8.');
    const raw = takesBody ? await readBody(request, maxBytes) : undefined;
    if (raw === undefined && needsBody) throw problem('request.not_json', 'The body is missing. Send a JSON object.');
    const body = raw === undefined ? {} : parseJson(raw);
    const { query, errors } = readQuery(search);
    const context = { currency: (await currencyOf?.(subject, { caller, body })) ?? deps.defaultCurrency };
    const bodyErrors = raw === undefined ? [] : checkBody(body, context);
    if (errors.length + bodyErrors.length > 0) throw invalid([...errors, ...bodyErrors]);
    return { query, body, raw };
  };
};

/** Checks that a route takes in this order: 401, 403, 404, 400/413/415, 422, then what the handler finds. */
export const compileRoute = (route: Route, ajv: Ajv, deps: PipelineDeps): RunRoute => {
  const { spec, load, handle, replay } = route;
  const { permission, readModels } = spec;
  const rateClass = spec.rateClass ?? (spec.methods.includes('GET') ? 'read' : 'write');
  // With the first request: a start does not wait for more than a hundred schemas, most of which it will not use soon.
  let reader: ReturnType<typeof compileReader> | undefined;
  const read = (...input: Parameters<ReturnType<typeof compileReader>>): Promise<Read> =>
    (reader ??= compileReader(route, ajv, deps))(...input);
  const now = deps.now ?? (() => new Date());
  const runOnce = createRunOnce({
    keys: deps.keys,
    ...(deps.idempotencyWaitMs !== undefined && { waitMs: deps.idempotencyWaitMs }),
    toProblem: deps.toProblem,
    onUnkept: (error) => deps.logger.warn({ err: error }, 'an idempotency key could not be written'),
  });

  /** A condition that is not looked at must not seem to have held. */
  const rejectConditions = ({ request: { headers }, method }: Incoming): void => {
    const asked = headers['if-match'];
    if (spec.conditional === true || method === 'GET' || asked === undefined || asked.trim() === '*') return;
    throw invalid([
      { field: 'If-Match', message: 'is not supported here, because there is no revision to compare; leave it out' },
    ]);
  };

  const identify = async (incoming: Incoming): Promise<Caller> => {
    if (permission === 'public') return ANONYMOUS;
    const { headers } = incoming.request;
    const caller = await deps.authenticate(headers, { request_id: incoming.requestId, trace_id: traceId(headers) });
    incoming.onCaller(caller);
    if (deps.spendRate !== undefined) incoming.setHeaders(await deps.spendRate(rateClass, caller));
    const rejection = rejectionOf(permission, caller, spec);
    if (rejection !== undefined) throw rejection;
    return caller;
  };

  const find = async (loading: Loading): Promise<unknown> => {
    if (!Object.values(loading.params).every(isPlain)) throw notFound(thingIn(spec.path));
    const subject = await load?.(loading);
    if (load !== undefined && subject === undefined) throw notFound(thingIn(spec.path));
    return subject;
  };

  const catchUp = async ({ request }: Incoming): Promise<void> => {
    const position = minPosition(request.headers['x-min-position']);
    if (position === undefined || readModels === undefined) return;
    if (await deps.waitForReadModels(readModels, position, CATCH_UP_MS)) return;
    const detail = 'The list has not caught up with X-Min-Position yet. Repeat the request.';
    throw problem('read_model.behind', detail, { headers: { 'Retry-After': '1' } });
  };

  const inputOf = (incoming: Incoming, caller: Caller, subject: unknown, { query, body }: Read, keyed?: Keyed) => {
    const { request, ip, requestId, path, search, params } = incoming;
    const at = now().toISOString();
    const agent = request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT);
    const input = {
      caller,
      requestId,
      trace: { request_id: requestId, trace_id: traceId(request.headers) },
      at,
      path,
      search,
      params,
      onGone: incoming.onGone,
      toProblem: deps.toProblem,
      acceptLanguage: request.headers['accept-language'],
      query,
      body,
      subject,
      expected: spec.conditional ? expectedRevision(request.headers['if-match'], revisionOf(subject)) : undefined,
      repeatable: keyed !== undefined,
      lastEventId: lastEventId(request.headers['last-event-id']),
      context: {
        command_id: keyed?.command_id ?? randomUUID(),
        actor: { id: caller.id, role: caller.role },
        correlation_id: requestId,
        causation_id: requestId,
        at,
        request: {
          ...(ip !== undefined && { ip }),
          ...(agent !== undefined && { user_agent: agent }),
          ...(keyed !== undefined && { request_hash: keyed.request_hash }),
        },
      },
    };
    return input as InputOf<RouteSpec, unknown>; // `subject` is what this route's own `load` found
  };

  return async (incoming) => {
    const caller = await identify(incoming);
    const loading = { caller, params: incoming.params };
    const subject = await find(loading);
    const received = await read(incoming, caller, subject);
    rejectConditions(incoming);
    if (replay === undefined) {
      await catchUp(incoming);
      return handle(inputOf(incoming, caller, subject, received));
    }
    const key = idempotencyKey(incoming.request.headers['idempotency-key']);
    if (key === undefined) return handle(inputOf(incoming, caller, subject, received));
    const repeatable = { caller, operationId: `${incoming.method} ${spec.operationId}`, key };
    const request = keyedRequest(repeatable, { url: `${incoming.path}?${incoming.search}`, raw: received.raw });
    const keyed = { command_id: commandIdOf(repeatable), request_hash: request.request.toString('base64url') };
    return runOnce(
      request,
      () => handle(inputOf(incoming, caller, subject, received, keyed)),
      ({ place, status, body }) => replay(loading, place, status, body),
    );
  };
};
