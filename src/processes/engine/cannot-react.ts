import { StoreUnavailable, type StoredEvent } from '../../event-store/port.ts';
import { isDatabaseOutage } from '../../platform/outage.ts';

/** A bug: this event cannot be handled. Retrying does not help, skipping would be a lie. */
export class CannotReact extends Error {
  override readonly name = 'CannotReact';
  /** `who`: the policy's name, or what else failed. */
  constructor(who: string, { type, stream, revision }: StoredEvent, cause: unknown) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${who} at ${type}, revision ${revision} of ${stream}: ${reason}`, { cause });
  }
}

/** The database or the event store is away, or too busy: it passes. */
export const isOutage = (error: unknown): boolean => error instanceof StoreUnavailable || isDatabaseOutage(error);
