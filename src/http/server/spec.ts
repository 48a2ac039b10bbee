import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { Permission } from './caller.ts';

/** The classes of requests by cost: most are cheap to answer, exports are not. */
export type RateClass = 'read' | 'write' | 'export';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Answer = {
  readonly description: string;
  /** JSON body. */
  readonly body?: TSchema;
  /** Content type of a body that is not JSON. */
  readonly contentType?: string;
  /** Further content types that a client can ask for, besides JSON. */
  readonly otherTypes?: readonly string[];
  readonly example?: unknown;
};

/** The public description of an operation. It is a constant: documentation, types and permissions come from it. */
export type RouteSpec = {
  readonly operationId: string;
  /** One operation; several methods mean the same. */
  readonly methods: readonly [Method, ...Method[]];
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  /** Not below `/api/v1`. Default false. */
  readonly outside?: boolean;
  readonly tag: string;
  /** Verb and noun: `Place an order`. */
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
  readonly rejects?: readonly number[];
  readonly answers: { readonly [status: number]: Answer };
  /** Whether it answers a stream of events, which goes on after `Last-Event-ID`. Default false. */
  readonly live?: boolean;
  /** Whether `If-Match` is honoured. Default false. */
  readonly conditional?: boolean;
  /** Read models that must have reached `X-Min-Position`; none where the answer is folded from streams. */
  readonly readModels?: readonly string[];
};

/** Specs of one resource by `operationId`. */
export type SpecTable = { readonly [operationId: string]: RouteSpec };

type Unnamed = { readonly [operationId: string]: Omit<RouteSpec, 'operationId'> };
type Named<S> = { readonly [K in keyof S & string]: S[K] & { readonly operationId: K } };

/** The specs of a resource; each key is the operation's id. */
export const defineSpecs = <const S extends Unnamed>(table: S): Named<S> =>
  // Every entry gets its own key as its id.
  Object.fromEntries(
    Object.entries(table).map(([operationId, spec]) => [operationId, { ...spec, operationId }]),
  ) as Named<S>;

/** What a spec's schema under this name converts to; an object of no known members where it has none. */
export type SchemaOf<S, K extends string> = S extends { readonly [P in K]: infer T extends TSchema }
  ? Static<T>
  : object;
