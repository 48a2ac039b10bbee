import type { DomainEvent } from '../domain/events.ts';
import type { Actor, Fact, Instant, Personal } from '../domain/shared/decider.ts';
import type { Position, Revision, StoredEvent } from './port.ts';

export type RequestPersonal = {
  readonly ip?: string;
  readonly user_agent?: string;
  /** Of a request with an Idempotency-Key: SHA-256 of path, query and body, base64url. */
  readonly request_hash?: string;
};

/** Stored with every event. */
export type EventMetadata = {
  readonly actor: Actor;
  /** The whole conversation: the request id that began it. */
  readonly correlation_id: string;
  /** The command or event directly before. */
  readonly causation_id: string;
  /** When the event was recorded, UTC, ISO 8601 with milliseconds. */
  readonly recorded_at: Instant;
  /** When it happened, which may be earlier: what follows from an event happens with it. Left out where both are one. */
  readonly occurred_at?: Instant;
  /** History of another system, which was brought in. No process, message or webhook follows from it. */
  readonly imported?: true;
  readonly schema_version: number;
  /** SHA-256 over the canonical JSON of the stored event and the previous event's hash in its stream. */
  readonly hash: string;
  /** Where the request came from, sealed like all personal data. */
  readonly personal?: Personal<RequestPersonal>;
};

/** An event read back: validated, upcast, personal data opened (or marked erased). */
export type Recorded<E extends DomainEvent = DomainEvent> = {
  readonly id: string;
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  readonly fact: Fact<E>;
  readonly metadata: EventMetadata;
};

/** Whether an event is history that was brought in: what was to follow from it has followed long ago, elsewhere. */
export const isImported = ({ metadata }: Pick<StoredEvent, 'metadata'>): boolean => metadata['imported'] === true;

/** An event that does not fit its schema: on write a bug of ours, on read damage or a newer release's event. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}
