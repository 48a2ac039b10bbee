import type { Metadata } from '@grpc/grpc-js';
import type { EventLog } from './event-log.ts';
import type { Faults, Rpc } from './faults.ts';
import type { ReadCall } from './read.ts';

/** What the handlers of the services share. */
export type Double = {
  readonly log: EventLog;
  readonly faults: Faults;
  /** Larger appends are rejected. */
  readonly maxAppendBytes: number;
  /** Writes a call into the call log. */
  readonly note: (rpc: Rpc, stream: string) => void;
  /** Rejects a call that requires the leader while this node follows another one, naming it. */
  readonly demandLeader: (metadata: Metadata) => void;
  /** True while subscriptions are to deliver nothing. */
  readonly isMute: () => boolean;
  /** Whether a subscription is still to be served. */
  readonly isOpen: (call: ReadCall) => boolean;
  /** Returns when something was appended, or the subscription is over. */
  readonly newsFor: (call: ReadCall) => Promise<void>;
};
