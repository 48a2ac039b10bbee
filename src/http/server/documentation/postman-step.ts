import type { Method } from '../spec.ts';

/** One request of the collection. */
export type Step = {
  readonly operationId: string;
  readonly name: string;
  /** Default: the first of the route. */
  readonly method?: Method;
  /** Default: the route's example. */
  readonly body?: unknown;
  /** Path parameters that are not the variable of their own name. */
  readonly params?: Readonly<Record<string, string>>;
  /** With `?`. */
  readonly query?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Variable → accessor into the answer, e.g. `.id`. */
  readonly save?: Readonly<Record<string, string>>;
  /** Expression over `pm.response`: the request is repeated, at most 50 times, until it holds. */
  readonly repeatUntil?: string;
};
