import { status, type CallCredentials, type Client, type Metadata } from '@grpc/grpc-js';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { NoAnswer } from './errors.ts';
import type { Delivered } from './events.ts';
import { contentIn } from './read-message.ts';

const READ = '/event_store.client.streams.Streams/Read';

/** What goes with every call. */
export type Caller = { readonly metadata: Metadata; readonly credentials: CallCredentials | undefined };

type Status = { readonly code: status; readonly details: string; readonly metadata: Metadata };

const failureOf = ({ code, details, metadata }: Status): Error =>
  convertToCommandError(Object.assign(new Error(`${code} ${status[code]}: ${details}`), { code, details, metadata }));

export type Listener = {
  /** Must not throw: inside the channel nothing would catch it. */
  readonly onMessage: (message: Buffer) => void;
  /** Once, at the end of the call; without a failure where the server has ended it. */
  readonly onEnd: (failure?: Error) => void;
};

/** A Read call on the server. */
export type ReadCall = {
  /** Asks for one message more: as many come as are asked for, and the server waits meanwhile. */
  readonly next: () => void;
  readonly cancel: () => void;
};

/**
 * Opens a Read call on the channel itself: the stream, the conversions and the traces that come with a method of the
 * generated service cost more processor time than the call.
 */
export const openRead = (
  channel: ReturnType<Client['getChannel']>,
  { metadata, credentials }: Caller,
  request: ReadReq,
  { onMessage, onEnd }: Listener,
): ReadCall => {
  const call = channel.createCall(READ, Infinity, null, null, null);
  if (credentials !== undefined) call.setCredentials(credentials);
  call.start(metadata, {
    onReceiveMetadata: () => undefined,
    onReceiveMessage: onMessage,
    onReceiveStatus: (ended) => onEnd(ended.code === status.OK ? undefined : failureOf(ended)),
  });
  call.sendMessageWithContext({}, Buffer.from(request.serializeBinary()));
  call.startRead();
  call.halfClose();
  return {
    next: () => call.startRead(),
    cancel: () => call.cancelWithStatus(status.CANCELLED, 'no longer wanted'),
  };
};

export type Reading = {
  /** Longest time without a message, milliseconds. */
  readonly silenceMs: number;
  /** After which event to end the read. Default: none. */
  readonly isEnough?: (event: Delivered, bytes: number) => boolean;
};

/** The result of a read. `isWhole`: it ended by itself. */
export type Collected = { readonly events: readonly Delivered[]; readonly isWhole: boolean };

type Open = (listener: Listener) => ReadCall;

/** The events that a call brings until it ends, or until it is enough. Gives up when nothing comes for too long. */
export const collect = (open: Open, { silenceMs, isEnough = () => false }: Reading): Promise<Collected> =>
  new Promise((resolve, reject) => {
    const events: Delivered[] = [];
    const take = (message: Buffer): boolean => {
      const content = contentIn(message);
      if (content?.kind !== 'event') return false;
      events.push(content.event);
      return isEnough(content.event, message.length);
    };
    const leave = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      call.cancel();
    };
    const call = open({
      onMessage: (message) => {
        timer.refresh();
        try {
          if (take(message)) leave(() => resolve({ events, isWhole: false }));
          else call.next();
        } catch (error) {
          leave(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      },
      onEnd: (failure) => {
        clearTimeout(timer);
        if (failure === undefined) resolve({ events, isWhole: true });
        else reject(failure);
      },
    });
    const timer = setTimeout(
      () => leave(() => reject(new NoAnswer(`no answer to a read within ${silenceMs} ms`))),
      silenceMs,
    );
  });
