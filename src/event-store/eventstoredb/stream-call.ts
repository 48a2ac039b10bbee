import { status, type CallCredentials, type Client, type Metadata } from '@grpc/grpc-js';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import { createStreamIdentifier } from '@eventstore/db-client/dist/utils/grpcStreamIdentifier.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { NoAnswer } from './errors.ts';
import type { Delivered } from './events.ts';
import { eventIn } from './read-message.ts';
import type { Revision } from '../port.ts';

const { FORWARDS, BACKWARDS } = streams.ReadReq.Options.ReadDirection;
const DIRECTION = { forwards: FORWARDS, backwards: BACKWARDS };
const EVERYTHING = String(Number.MAX_SAFE_INTEGER);

export type StreamRange = {
  /** Default: the end at which the direction begins. */
  readonly from: Revision | undefined;
  readonly direction: keyof typeof DIRECTION;
  /** Default: all. */
  readonly limit: number | undefined;
};

/** What asks the server for the events of one stream. */
export const readRequest = (stream: string, { from, direction, limit }: StreamRange): ReadReq => {
  const part = new streams.ReadReq.Options.StreamOptions();
  part.setStreamIdentifier(createStreamIdentifier(stream));
  if (from !== undefined) part.setRevision(String(from));
  else if (direction === 'forwards') part.setStart(new shared.Empty());
  else part.setEnd(new shared.Empty());
  const uuids = new streams.ReadReq.Options.UUIDOption();
  uuids.setString(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setStream(part);
  options.setReadDirection(DIRECTION[direction]);
  options.setCount(limit === undefined ? EVERYTHING : String(limit));
  options.setUuidOption(uuids);
  options.setNoFilter(new shared.Empty());
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
};

const READ = '/event_store.client.streams.Streams/Read';

/** What goes with every call. */
export type Caller = { readonly metadata: Metadata; readonly credentials: CallCredentials | undefined };

type Status = { readonly code: status; readonly details: string; readonly metadata: Metadata };

const failureOf = ({ code, details, metadata }: Status): Error =>
  convertToCommandError(Object.assign(new Error(`${code} ${status[code]}: ${details}`), { code, details, metadata }));

type Channel = ReturnType<Client['getChannel']>;

type Collecting = {
  readonly request: ReadReq;
  /** Longest time without a message, milliseconds. */
  readonly silenceMs: number;
};

/**
 * All events that one Read call brings; none if there is no such stream. Gives up when nothing comes for too long. The call
 * is opened on the channel itself: the stream, the conversions and the traces that come with a method of the generated
 * service cost more processor time than the call.
 */
export const collectStream = (
  channel: Channel,
  { metadata, credentials }: Caller,
  { request, silenceMs }: Collecting,
): Promise<readonly Delivered[]> =>
  new Promise((resolve, reject) => {
    const messages: Buffer[] = [];
    const call = channel.createCall(READ, Infinity, null, null, null);
    const timer = setTimeout(() => {
      reject(new NoAnswer(`no answer to a read within ${silenceMs} ms`));
      call.cancelWithStatus(status.CANCELLED, 'no answer in time');
    }, silenceMs);
    if (credentials !== undefined) call.setCredentials(credentials);
    call.start(metadata, {
      onReceiveMetadata: () => undefined,
      onReceiveMessage: (message: Buffer) => {
        timer.refresh();
        messages.push(message);
        call.startRead();
      },
      onReceiveStatus: (ended) => {
        clearTimeout(timer);
        if (ended.code !== status.OK) {
          reject(failureOf(ended));
          return;
        }
        try {
          resolve(messages.flatMap((message) => eventIn(message) ?? []));
        } catch (error) {
          // Inside the channel nothing would catch it.
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      },
    });
    call.sendMessageWithContext({}, Buffer.from(request.serializeBinary()));
    call.startRead();
    call.halfClose();
  });
