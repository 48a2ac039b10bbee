import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { Readable } from 'node:stream';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Trace } from '../../platform/trace.ts';
import type { EventContext } from '../../event-store/codec.ts';
import type { Position, Revision } from '../../event-store/port.ts';
import type { Caller, Permission } from './caller.ts';
import type { Encoding } from './compression.ts';
import type { RateClass } from './limits/rate-limits.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where in a stream an answer stands. */
export type StreamRef = { readonly stream: string; readonly revision: Revision };

export type Reply = {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with `Content-Type` among the headers. */
  readonly content?: string | Buffer | Readable;
  /** `content` compressed, where that was done before: it is served again and again. */
  readonly compressed?: (encoding: Encoding) => Promise<Buffer>;
  readonly headers?: { readonly [name: string]: string };
  /** The stream and revision that the body shows: its `ETag`, and what a repeated request is answered from. */
  readonly at?: StreamRef | undefined;
  /** Position of the last event written: `X-Event-Position`. */
  readonly position?: Position | undefined;
  /** How long the answer waited on purpose, in milliseconds: nobody was slow. */
  readonly waitedMs?: number;
  /** The body shows no one stream: a repeated request is answered with it as it is. Nothing personal may be in it. */
  readonly keepsBody?: boolean;
};

/** What every handler is told about its request. */
export type RequestFacts = {
  readonly caller: Caller;
  /** Also the correlation id of everything that follows from this request. */
  readonly requestId: string;
  /** Goes along with what other services are asked. */
  readonly trace: Trace;
  readonly at: Instant;
  /** Path below the server, without the query. */
  readonly path: string;
  /** Query string as it came, without `?`. */
  readonly search: string;
  /** Calls this when the client is gone, answered or not. */
  readonly onGone: (end: () => void) => void;
  /** `Accept-Language`, as it came. */
  readonly acceptLanguage: string | undefined;
  /** The revision that `If-Match` insists on. */
  readonly expected: Revision | undefined;
  /** Whether the command id comes from an `Idempotency-Key`: then ids of what is created derive from it. */
  readonly repeatable: boolean;
  /** Where a client that follows something live wants to go on. */
  readonly lastEventId: string | undefined;
  readonly context: EventContext;
};

type SchemaOf<S, K extends string> = S extends { readonly [P in K]: infer T extends TSchema } ? Static<T> : object;
type SubjectOf<S> = S extends { readonly load: (...args: never) => Promise<infer T> }
  ? Exclude<T, undefined>
  : undefined;

export type InputOf<S> = RequestFacts & {
  readonly params: SchemaOf<S, 'params'>;
  readonly query: SchemaOf<S, 'query'>;
  /** Converted: amounts are minor units, ids strings, instants UTC. An optional body that did not come is `{}`. */
  readonly body: SchemaOf<S, 'body'>;
  /** What `load` found. */
  readonly subject: SubjectOf<S>;
};

export type Loading = { readonly caller: Caller; readonly params: Readonly<Record<string, string>> };

/** A body before it is validated, and who sent it. */
export type Sent = { readonly caller: Caller; readonly body: unknown };

export type Answer = {
  readonly description: string;
  /** JSON body. */
  readonly body?: TSchema;
  /** Content type of a body that is not JSON. */
  readonly contentType?: string;
  /** Content types in which the same can be had, besides JSON. */
  readonly otherTypes?: readonly string[];
  readonly example?: unknown;
};

export type RouteSpec = {
  /** One operation; several methods mean the same. */
  readonly methods: readonly [Method, ...Method[]];
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  /** Not below `/api/v1`. Default false. */
  readonly outside?: boolean;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly permission: Permission | 'public';
  /** Which rate limit counts. Default: `read` for GET, else `write`. */
  readonly rateClass?: RateClass;
  readonly params?: TObject;
  readonly query?: TObject;
  /** None: a body is neither needed nor expected. */
  readonly body?: TObject;
  /** The body may be left out. Default false. */
  readonly bodyOptional?: boolean;
  /** Request body shown in the documentation and sent by the Postman collection. */
  readonly example?: unknown;
  /** Statuses of problems besides those that follow from what the route is. */
  readonly refuses?: readonly number[];
  readonly answers: { readonly [status: number]: Answer };
  /** Finds what the path names as far as this caller may see it; `undefined` answers 404 before the body is read. */
  readonly load?: (loading: Loading) => Promise<unknown>;
  /** Currency of the amounts in a body that names none itself. Default: the shop's. */
  readonly currencyOf?: (subject: never, sent: Sent) => string | Promise<string>;
  /** Whether it answers a stream of events, which goes on after `Last-Event-ID`. Default false. */
  readonly live?: boolean;
  /** Whether `If-Match` is honoured. Default false. */
  readonly conditional?: boolean;
  /** Read models that must have reached `X-Min-Position`; none where the answer is folded from streams. */
  readonly readModels?: readonly string[];
};

/** Answers a repeated request from what the first one left; `body` where that reply kept its body. */
export type Replay = (request: Loading, place: StreamRef | undefined, status: number, body: unknown) => Promise<Reply>;

export type Route = {
  readonly spec: RouteSpec;
  readonly handle: (input: InputOf<RouteSpec>) => Promise<Reply>;
  readonly replay: Replay | undefined;
};

type Writes = 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** What may be repeated with an `Idempotency-Key` must say how the answer is made again. */
type ReplayOf<S> = S extends { readonly methods: readonly (infer M)[] }
  ? Extract<M, Writes> extends never
    ? []
    : [replay: Replay]
  : never;

/** One line of the route table. Validation, types, permissions, OpenAPI and Postman all come from it. */
export const route = <const S extends RouteSpec>(
  spec: S,
  handle: (input: InputOf<S>) => Promise<Reply>,
  ...[replay]: ReplayOf<S>
): Route => ({
  spec,
  // The table holds routes of every shape; the pipeline builds the input from this very spec.
  handle: handle as unknown as Route['handle'],
  replay,
});
