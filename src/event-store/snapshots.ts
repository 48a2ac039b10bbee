import type { JsonValue, Revision } from './port.ts';

/** A stream folded up to an event. */
export type Snapshot = {
  /** The event it was folded up to: its revision, and its hash, which stands for all the events before it. */
  readonly revision: Revision;
  readonly hash: string;
  readonly state: JsonValue;
  /** Whose stream it is. */
  readonly customer_id: string | null;
  /** The beginnings of the ids of all events folded, one after the other. */
  readonly marks: Buffer;
  /** The data key that the stream's own personal data is sealed with: the snapshot is erased together with it. */
  readonly key_id: string;
};

/** Snapshots of long streams. What is not found, not readable or lost is folded again from the events. */
export type Snapshots = {
  /** `fold` names how the state was folded: only a snapshot of the same fold, by the same code, is found. */
  readonly find: (fold: string, stream: string) => Promise<Snapshot | undefined>;
  /** Keeps it, unless a later one is kept already. */
  readonly save: (fold: string, stream: string, snapshot: Snapshot) => Promise<void>;
};
