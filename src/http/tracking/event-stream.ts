import { Readable } from 'node:stream';
import type { StreamMessage } from './progress.ts';

/** Events that a client has not taken yet are kept up to so many; one that is further behind is dropped. */
const MOST_WAITING = 1_000;
/** Bytes on their way to the connection. */
const HIGH_WATER = 2_048;

/** A comment, which clients pass over. */
const HEARTBEAT = ': heartbeat\n\n';

const write = ({ event, id, data }: StreamMessage): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

/** Server-Sent Events to one client. */
export type EventStream = {
  readonly readable: Readable;
  readonly send: (messages: readonly StreamMessage[]) => void;
  /** A sign of life: without a byte a client does not even learn that it has been let in. */
  readonly sign: () => void;
  /** The same from time to time; and a client that has taken nothing since the last one although something waited is dropped. */
  readonly beat: () => void;
  /** What waits is sent, then the stream ends. */
  readonly end: () => void;
  /** Breaks off. */
  readonly drop: () => void;
};

export type StreamEvents = {
  /** The client is there and ready for the first event. */
  readonly onStart: () => void;
  /** The stream is over, however it came to that. */
  readonly onClose: () => void;
  readonly onSlow: () => void;
};

export const createEventStream = ({ onStart, onClose, onSlow }: StreamEvents): EventStream => {
  const waiting: string[] = [];
  let [isStarted, isWanted, isEnding, hasTaken] = [false, false, false, true];

  const readable = new Readable({
    highWaterMark: HIGH_WATER,
    read: () => {
      isWanted = true;
      if (!isStarted) {
        isStarted = true;
        onStart();
      }
      flush();
    },
    destroy: (error, done) => {
      isEnding = true;
      waiting.length = 0;
      onClose();
      done(error);
    },
  });

  const flush = (): void => {
    while (isWanted && waiting.length > 0) {
      hasTaken = true;
      isWanted = readable.push(waiting.shift());
    }
    if (isEnding && waiting.length === 0 && !readable.readableEnded && !readable.destroyed) readable.push(null);
  };

  const dropSlow = (): void => {
    onSlow();
    readable.destroy();
  };

  const add = (texts: readonly string[]): void => {
    if (isEnding) return;
    waiting.push(...texts);
    if (waiting.length > MOST_WAITING) dropSlow();
    else flush();
  };

  const sign = (): void => add([HEARTBEAT]);

  return {
    readable,
    sign,
    send: (messages) => add(messages.map(write)),
    beat: () => {
      if (waiting.length > 0 && !hasTaken) dropSlow();
      else if (waiting.length === 0) sign();
      hasTaken = false;
    },
    end: () => {
      if (isEnding) return;
      isEnding = true;
      flush();
    },
    drop: () => void readable.destroy(),
  };
};
