import type { StoredEvent } from '../../event-store/port.ts';

/** A process failed on an event, which is a bug. Retrying does not help, and skipping the event would lose what follows. */
export class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';
  /** `who`: the name of the process, or what else failed. */
  constructor(who: string, { type, stream, revision }: StoredEvent, cause: unknown) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${who} at ${type}, revision ${revision} of ${stream}: ${reason}`, { cause });
  }
}
