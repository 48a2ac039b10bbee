import { MailRejected, MailServerAway } from './mail/port.ts';
import { ServiceRejected, ServiceUnavailable } from '../gateways/http/index.ts';
import type { DeliveryAttempt } from './outbox/outbox.ts';
import { isDatabaseOutage } from '../platform/outage.ts';
import { wellFormedText } from '../platform/well-formed.ts';
import type { OutgoingMessage } from './message.ts';
import { TemplateFailure } from './content/template-failure.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses before a message is tried again, in milliseconds: five days in all, as mail servers do among themselves. */
export const RETRY_DELAYS_MS: readonly number[] = [
  ...[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR],
  ...Array.from({ length: 9 }, () => 12 * HOUR),
];

const isForGood = (error: unknown): boolean =>
  error instanceof MailRejected || error instanceof ServiceRejected || error instanceof TemplateFailure;

const LITERALLY = /[.*+?^${}()|[\]\\]/g;

/** Mail servers often repeat the address they reject. A reason is stored unencrypted, so the address is removed. */
const withoutAddress = (reason: string, to: string): string =>
  to.includes('@') ? reason.replaceAll(new RegExp(to.replaceAll(LITERALLY, '\\$&'), 'gi'), '(address)') : reason;

export type Attempt = {
  readonly outcome: DeliveryAttempt;
  /** Nothing of this kind can go out now. */
  readonly isAway: boolean;
};

/**
 * Tries to send. `before`: how often it was tried.
 * @throws when the database is away
 */
export const attempt = async (
  outgoing: Pick<OutgoingMessage, 'send' | 'to'>,
  before: number,
  delaysMs: readonly number[] = RETRY_DELAYS_MS,
): Promise<Attempt> => {
  try {
    return { outcome: { status: await outgoing.send() }, isAway: false };
  } catch (error) {
    const isAway = error instanceof MailServerAway || error instanceof ServiceUnavailable;
    if (!isAway && isDatabaseOutage(error)) throw error;
    const message = wellFormedText(error instanceof Error ? error.message : String(error));
    const reason = withoutAddress(message, outgoing.to);
    const delay_ms = delaysMs[before];
    const outcome: DeliveryAttempt =
      isForGood(error) || delay_ms === undefined
        ? { status: 'failed', reason }
        : { status: 'waiting', reason, delay_ms };
    return { outcome, isAway };
  }
};
