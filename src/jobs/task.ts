import { Value } from '@sinclair/typebox/value';
import type { Static, TObject } from '@sinclair/typebox';

export type TaskContext = { readonly jobId: string; /** 1 on the first try. */ readonly attempt: number };

/**
 * The code of a job. Idempotent: it may run any number of times, also twice at once, also again after a crash at any
 * line, and leads to the same end. Throwing gives the job back: it is retried with growing delays.
 */
export type Task = {
  /** Kebab-case imperative; stored with every waiting job, so never renamed. */
  readonly name: string;
  readonly run: (payload: unknown, context: TaskContext) => Promise<void>;
};

/** Declares a task; a job whose payload is not of this shape fails visibly. */
export const task = <P extends TObject>(
  name: string,
  payloadSchema: P,
  run: (payload: Static<P>, context: TaskContext) => Promise<void>,
): Task => ({
  name,
  run: (payload, context) => {
    if (!Value.Check(payloadSchema, payload)) throw new Error(`${name}: the job's payload has the wrong shape`);
    return run(payload, context);
  },
});
