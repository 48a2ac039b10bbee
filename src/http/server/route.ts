import type { Readable } from 'node:stream';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Trace } from '../../platform/trace.ts';
import type { EventContext } from '../../event-store/codec.ts';
import type { Position, Revision } from '../../event-store/port.ts';
import type { Caller } from './caller.ts';
import type { Encoding } from './compression.ts';
import type { RouteSpec, SchemaOf, SpecTable } from './spec.ts';
import type { ToProblem } from './to-problem.ts';

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
  /** How long the answer waited on purpose, in milliseconds; not counted as slowness. */
  readonly waitedMs?: number;
  /** The body shows no one stream: a repeated request is answered with it as it is. Nothing personal may be in it. */
  readonly keepsBody?: boolean;
  /** Nothing was written: the command had been done before, by a request with the same `Idempotency-Key`. */
  readonly isRepeated?: boolean;
};

/** The data of a request for every handler. */
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
  /** The revision that `If-Match` requires. */
  readonly expected: Revision | undefined;
  /** Whether the command id comes from an `Idempotency-Key`: then ids of what is created derive from it. */
  readonly repeatable: boolean;
  /** Where a client that follows something live wants to go on. */
  readonly lastEventId: string | undefined;
  readonly context: EventContext;
  /** How a failure is answered, for a reply that has the answers to several things. */
  readonly toProblem: ToProblem;
};

/** The input of a handler: the request by its spec, and the result of `load`. */
export type InputOf<S, T> = RequestFacts & {
  readonly params: SchemaOf<S, 'params'>;
  readonly query: SchemaOf<S, 'query'>;
  /** Converted: amounts are minor units, ids strings, instants UTC. An optional body that did not come is `{}`. */
  readonly body: SchemaOf<S, 'body'>;
  /** The result of `load`. */
  readonly subject: T;
};

export type Loading = { readonly caller: Caller; readonly params: Readonly<Record<string, string>> };

/** A body before it is validated, and who sent it. */
export type Sent = { readonly caller: Caller; readonly body: unknown };

/** Answers a repeated request from what the first one left; `body` where that reply kept its body. */
export type Replay = (request: Loading, place: StreamRef | undefined, status: number, body: unknown) => Promise<Reply>;

/** Answers a repeated request with the body that the first reply kept. */
export const replayKept: Replay = (_request, _place, status, body) => Promise.resolve({ status, body });

type Writes = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A write may be repeated with an `Idempotency-Key`, so it says how its answer is made again. */
type ReplayOf<S> = S extends { readonly methods: readonly (infer M)[] }
  ? Extract<M, Writes> extends never
    ? { readonly replay?: never }
    : { readonly replay: Replay }
  : never;

/** How one spec is carried out. */
export type Binding<S, T> = {
  /** Finds what the path names as far as this caller may see it; `undefined` answers 404 before the body is read. */
  readonly load?: (loading: Loading) => Promise<T | undefined>;
  /** Currency of the amounts in a body that names none itself. Default: the merchant's. */
  readonly currencyOf?: (subject: NoInfer<T>, sent: Sent) => string | Promise<string>;
  readonly handle: (input: InputOf<S, NoInfer<T>>) => Promise<Reply>;
} & ReplayOf<S>;

/** A spec with its handler. */
export type Route = {
  readonly spec: RouteSpec;
  readonly load: ((loading: Loading) => Promise<unknown>) | undefined;
  readonly currencyOf: ((subject: unknown, sent: Sent) => string | Promise<string>) | undefined;
  readonly handle: (input: InputOf<RouteSpec, unknown>) => Promise<Reply>;
  readonly replay: Replay | undefined;
};

/** A route for each spec of a resource. */
export type Bound<S> = { readonly [K in keyof S]: Route };

/**
 * Binds each spec of a resource to its handler. A spec without a handler, a handler without a spec and a write without
 * a replay do not compile; a handler's input follows from its spec and from what its `load` finds.
 */
export const bind = <S extends SpecTable, T extends { readonly [K in keyof S]: unknown }>(
  specs: S,
  bindings: { readonly [K in keyof T]: K extends keyof S ? Binding<S[K], T[K]> : never },
): Bound<S> => {
  // A table holds routes of every shape; the pipeline builds each input from the spec and the `load` beside it.
  const table = bindings as unknown as { readonly [K in keyof S]: Omit<Route, 'spec'> };
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const { load, currencyOf, handle, replay } = table[name as keyof S];
      return [name, { spec, load, currencyOf, handle, replay }];
    }),
  ) as Bound<S>;
};

/** The same routes without credentials: for what an installation may publish. */
export const openToAll = <S extends SpecTable>(bound: Bound<S>): Bound<S> =>
  // The same keys, each with a route.
  Object.fromEntries(
    Object.entries<Route>(bound).map(([name, route]) => [
      name,
      { ...route, spec: { ...route.spec, permission: 'public' } },
    ]),
  ) as Bound<S>;
