import type { Trace } from '../../platform/trace.ts';

export type StatusUpdate = {
  /** The same for the same update, however often it is sent. */
  readonly idempotency_key: string;
  readonly user_id: string;
  readonly order_id: string;
  readonly status: string;
  /** Devices that the customer registered; they get a push from the service. */
  readonly device_tokens: () => Promise<readonly string[]>;
  readonly trace: Trace;
};

/** Tells the shop's own channels about the status of an order. Sending it again leaves one, not two. */
export type Notifier = {
  /** Sending costs nothing, so that messages need not be noted before they are sent. */
  readonly isLocal: boolean;
  /** @throws ServiceUnavailable, ServiceRejected */
  readonly tell: (update: StatusUpdate) => Promise<'sent' | 'written'>;
};
