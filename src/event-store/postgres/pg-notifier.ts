import type { Client, ClientConfig } from 'pg';
import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { Silence } from '../../platform/silence.ts';
import type { Signal } from '../signal.ts';
import { openSingleConnection } from './single-connection.ts';

const CHANNEL = 'waybill_events';
/** Announcements that are closer together than this are sent as one. */
const ANNOUNCE_EVERY_MS = 5;

export type PgNotifierOptions = {
  readonly config: ClientConfig;
  readonly timeoutMs: number;
  readonly silence: Silence;
  /** Raised when another process has appended events. */
  readonly appended: Signal;
};

/**
 * Tells other processes that events were appended, and hears of theirs, over one connection of its own. A notification
 * is only a hint, sent after the commit: a subscriber that misses one reads again after its polling interval.
 */
export const openPgNotifier = ({ config, timeoutMs, appended, silence }: PgNotifierOptions) => {
  const closing = new AbortController();
  const { signal } = closing;
  let isListening = false;
  let timer: NodeJS.Timeout | undefined;
  let repeat = false;

  const prepare = async (client: Client): Promise<void> => {
    client.on('notification', () => appended.raise());
    if (isListening) await client.query(`listen ${CHANNEL}`);
    backoff.reset();
    appended.raise(); // something may have been missed
  };

  const backoff = createBackoff();
  const reconnect = async (): Promise<void> => {
    await sleep(backoff.nextDelayMs(), signal);
    if (signal.aborted) return;
    await connection.connect().catch(() => undefined); // a failure calls onLost, which reconnects
  };

  const connection = openSingleConnection({
    config,
    timeoutMs,
    silence,
    prepare,
    onLost: () => {
      if (isListening) void reconnect();
    },
  });

  const send = (): void => {
    repeat = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (repeat) send();
    }, ANNOUNCE_EVERY_MS);
    connection.query({ text: `notify ${CHANNEL}`, rowMode: 'array' }).catch(() => undefined);
  };

  return {
    /** From now on appends of other processes raise the signal too. */
    listen: (): void => {
      if (isListening) return;
      isListening = true;
      connection.query({ text: `listen ${CHANNEL}`, rowMode: 'array' }).catch(() => undefined);
    },
    announce: (): void => {
      repeat = true;
      if (timer === undefined && !signal.aborted) send();
    },
    close: async (): Promise<void> => {
      closing.abort();
      clearTimeout(timer);
      await connection.close();
    },
  };
};
