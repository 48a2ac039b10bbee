import type { Trace } from '../../platform/trace.ts';

export type StatusUpdate = {
  /** The same for the same news, however often it is told. */
  readonly idempotency_key: string;
  readonly user_id: string;
  readonly order_id: string;
  readonly status: string;
  /** Devices that the customer registered; they get a push from the service. */
  readonly device_tokens: () => Promise<readonly string[]>;
  readonly trace: Trace;
};

/** Tells the shop's own channels about the status of an order. Telling again leaves one, not two. */
export type Notifier = {
  /** It costs nothing to tell: no need to note first what is to be told. */
  readonly isLocal: boolean;
  /** @throws ServiceUnavailable, ServiceRefused */
  readonly tell: (news: StatusUpdate) => Promise<'sent' | 'written'>;
};
