import type { Codec } from '../event-store/codec.ts';
import type { StoredEvent } from '../event-store/port.ts';
import type { Delivered, Recipient, SendWebhook } from './sender.ts';
import type { Attempt } from './progress.ts';
import type { Clock } from './clock.ts';
import { messageBody } from './message-body.ts';

export type Attempting = {
  readonly codec: Pick<Codec, 'decode'>;
  readonly send: SendWebhook;
  readonly clock: Clock;
};

export type Tried = { readonly delivered: Delivered; readonly attempt: Attempt };

/** The log entry of one attempt. */
export const attemptOf = (
  event: Pick<StoredEvent, 'id' | 'type' | 'stream' | 'revision' | 'position'>,
  delivered: Delivered,
  more: Pick<Attempt, 'cause' | 'attempt' | 'ms' | 'at'>,
): Attempt => ({
  event_id: event.id,
  type: event.type,
  stream: event.stream,
  revision: event.revision,
  position: event.position,
  outcome: delivered.outcome === 'accepted' ? 'accepted' : 'failed',
  status: delivered.status,
  reason: delivered.outcome === 'accepted' ? null : delivered.reason,
  ...more,
});

/** Sends an event once. */
export const createTry =
  ({ codec, send, clock }: Attempting) =>
  async (
    recipient: Recipient,
    event: StoredEvent,
    how: Pick<Attempt, 'cause' | 'attempt'>,
    signal?: AbortSignal,
  ): Promise<Tried> => {
    const [recorded] = await codec.decode([event], { personal: false });
    if (recorded === undefined) throw new Error(`${event.stream}: an event vanished while it was decoded`);
    const at = clock.now();
    const started = performance.now();
    const delivered = await send(recipient, { id: event.id, body: messageBody(recorded), at }, signal);
    const ms = Math.round(performance.now() - started);
    return { delivered, attempt: attemptOf(event, delivered, { ...how, ms, at }) };
  };

export type Try = ReturnType<typeof createTry>;
