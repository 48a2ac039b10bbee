import { StoreUnavailable } from '../../event-store/port.ts';
import { isDatabaseOutage } from '../../platform/outage.ts';
import type { Failure } from './checkpoints.ts';

type Named = { readonly id: string; readonly stream: string; readonly revision: bigint };

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** A bug: this event cannot be handled. Retrying does not help, skipping would be a lie. */
export class CannotProject extends Error {
  override readonly name = 'CannotProject';
  readonly failure: Failure;
  constructor({ id, stream, revision }: Named, type: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`${type} at revision ${revision} of ${stream}: ${reason}`, { cause });
    this.failure = { reason, event: { id, type, stream, revision: String(revision) } };
  }
}

/** The database or the event store is away, or too busy: it passes. */
export const isOutage = (error: unknown): boolean => error instanceof StoreUnavailable || isDatabaseOutage(error);

export const failureOf = (error: unknown): Failure =>
  error instanceof CannotProject ? error.failure : { reason: reasonOf(error), event: null };
