import { Value } from '@sinclair/typebox/value';
import type { Static, TObject } from '@sinclair/typebox';
import type { Job } from './queue.ts';

export type TaskContext = { readonly jobId: string; /** 1 on the first try. */ readonly attempt: number };

/**
 * The code of a job. Idempotent: it may run any number of times, also twice at once, also again after a crash at any
 * line, and leads to the same end. Throwing gives the job back: it is retried with growing delays.
 */
export type Task = {
  readonly name: string;
  readonly run: (payload: unknown, context: TaskContext) => Promise<void>;
};

/** A task as it is declared: what it needs (`D`) is given to it when a worker starts. */
export type DeclaredTask<N extends string, P extends object, D> = {
  readonly name: N;
  /** The shape of its payload. */
  readonly payload: TObject;
  /** The job that asks for it. At most one of a key waits. */
  readonly job: (payload: P) => Job<N, P>;
  /** The key of the job about the thing of this id. */
  readonly jobKey: (id: string) => string;
  /** Whether an installation with these dependencies runs it. */
  readonly isUsed: (deps: D) => boolean;
  readonly bind: (deps: D) => Task;
};

/** The dependencies of a list of declarations together. */
export type DepsOf<L extends readonly { readonly bind: (deps: never) => Task }[]> = (
  L[number] extends infer T ? (T extends { readonly bind: (deps: infer D) => Task } ? (deps: D) => void : never) : never
) extends (deps: infer All) => void
  ? All
  : never;

/** Task name → payload, for a list of declarations. */
export type PayloadsOf<
  L extends readonly { readonly name: string; readonly job: (payload: never) => { readonly payload: object } }[],
> = {
  readonly [T in L[number] as T['name']]: ReturnType<T['job']>['payload'];
};

export type TaskDeclaration<N extends string, S extends TObject, D> = {
  /** Kebab-case imperative; stored with every waiting job, so never renamed. */
  readonly name: N;
  /** A job whose payload is not of this shape fails visibly. */
  readonly payload: S;
  /** The id of the subject of a job. Default: only one job of this task waits, for any subject. */
  readonly about?: (payload: Static<S>) => string;
  /** Jobs of one queue run one after the other. Default: each for itself. */
  readonly queue?: string;
  /** Lower goes first. Default 0. */
  readonly priority?: number;
  /** Default: every installation runs it. */
  readonly isUsed?: (deps: D) => boolean;
  readonly run: (payload: Static<S>, deps: D, context: TaskContext) => Promise<unknown>;
};

export const defineTask = <const N extends string, S extends TObject, D>({
  name,
  payload: schema,
  about,
  isUsed = () => true,
  run,
  ...order
}: TaskDeclaration<N, S, D>): DeclaredTask<N, Static<S>, D> => {
  const jobKey = (id: string): string => `${name}:${id}`;
  return {
    name,
    payload: schema,
    jobKey,
    isUsed,
    job: (payload) => ({ task: name, payload, key: about === undefined ? name : jobKey(about(payload)), ...order }),
    bind: (deps) => ({
      name,
      run: async (payload, context) => {
        if (!Value.Check(schema, payload)) throw new Error(`${name}: the job's payload has the wrong shape`);
        await run(payload, deps, context);
      },
    }),
  };
};

/** The tasks of a worker. */
export const bindTasks = <D>(
  declared: readonly Pick<DeclaredTask<string, never, D>, 'isUsed' | 'bind'>[],
  deps: D,
): readonly Task[] => declared.filter(({ isUsed }) => isUsed(deps)).map(({ bind }) => bind(deps));
