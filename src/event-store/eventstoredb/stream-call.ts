import type { ClientReadableStream } from '@grpc/grpc-js';
import type { RecordedEvent } from '@eventstore/db-client';
import { convertGrpcEvent } from '@eventstore/db-client/dist/utils/convertGrpcEvent.js';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import { createStreamIdentifier } from '@eventstore/db-client/dist/utils/grpcStreamIdentifier.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { NoAnswer } from './errors.ts';
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

export type StreamCall = ClientReadableStream<ReadResp>;

/** All events that a call brings; none if there is no such stream. Gives up when nothing comes for `silenceMs`. */
export const collectStream = (opening: Promise<StreamCall>, silenceMs: number): Promise<readonly RecordedEvent[]> =>
  new Promise((resolve, reject) => {
    const events: RecordedEvent[] = [];
    let call: StreamCall | undefined;
    let hasGivenUp = false;
    const timer = setTimeout(() => {
      hasGivenUp = true;
      call?.cancel();
      reject(new NoAnswer(`no answer to a read within ${silenceMs} ms`));
    }, silenceMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(convertToCommandError(error));
    };
    opening.then((opened) => {
      call = opened;
      opened.on('error', fail);
      opened.on('data', (response: ReadResp) => {
        timer.refresh();
        const brought = response.getEvent();
        const { event } = brought === undefined ? {} : convertGrpcEvent<{ readonly event?: RecordedEvent }>(brought);
        if (event !== undefined) events.push(event);
      });
      opened.on('end', () => {
        clearTimeout(timer);
        resolve(events);
      });
      if (hasGivenUp) opened.cancel();
    }, fail);
  });
