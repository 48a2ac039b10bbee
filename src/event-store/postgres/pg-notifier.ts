import type { Client, ClientConfig } from 'pg';
import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { Signal } from '../signal.ts';
import { openSingleConnection } from './single-connection.ts';

const CHANNEL = 'waybill_events';
/** Announcements closer together than this go out as one. */
const ANNOUNCE_EVERY_MS = 5;

export type PgNotifierOptions = {
  readonly config: ClientConfig;
  readonly timeoutMs: number;
  /** Rung when another process has appended something. */
  readonly bell: Signal;
};

/**
 * Tells other processes that there is something new, and hears it from them, over one connection of its own. Only a
 * hint, sent after the commit: whoever misses one looks again by itself a little later.
 */
export const openPgNotifier = ({ config, timeoutMs, bell }: PgNotifierOptions) => {
  const closing = new AbortController();
  const { signal } = closing;
  let wantsToHear = false;
  let timer: NodeJS.Timeout | undefined;
  let repeat = false;

  const listen = async (client: Client): Promise<void> => {
    client.on('notification', () => bell.ring());
    if (wantsToHear) await client.query(`listen ${CHANNEL}`);
    backoff.reset();
    bell.ring(); // something may have been missed
  };

  const backoff = createBackoff();
  const reconnect = async (): Promise<void> => {
    await sleep(backoff.nextDelayMs(), signal);
    if (signal.aborted) return;
    await line.connect().catch(() => undefined); // a failure brings us here again
  };

  const line = openSingleConnection({
    config,
    timeoutMs,
    prepare: listen,
    onLost: () => {
      if (wantsToHear) void reconnect();
    },
  });

  const send = (): void => {
    repeat = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (repeat) send();
    }, ANNOUNCE_EVERY_MS);
    line.query({ text: `notify ${CHANNEL}`, rowMode: 'array' }).catch(() => undefined);
  };

  return {
    /** From now on the bell is rung by other processes too. */
    hear: (): void => {
      if (wantsToHear) return;
      wantsToHear = true;
      line.query({ text: `listen ${CHANNEL}`, rowMode: 'array' }).catch(() => undefined);
    },
    announce: (): void => {
      repeat = true;
      if (timer === undefined && !signal.aborted) send();
    },
    close: async (): Promise<void> => {
      closing.abort();
      clearTimeout(timer);
      await line.close();
    },
  };
};
