import { status, type handleServerStreamingCall, type ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Double } from './double.ts';
import type { EventLog, LogRecord } from './event-log.ts';
import { eventMessage, nameOf, rejection, streamNotFoundMessage } from './messages.ts';
import { subscribeToAll } from './subscribe.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const isOver = (call: ReadCall): boolean => call.cancelled || call.destroyed || call.writableEnded;

/** Writes as fast as the client takes it. False once the call is over. */
export const send = (call: ReadCall, message: ReadResp): Promise<boolean> =>
  new Promise((resolve) => {
    if (isOver(call) || call.write(message)) {
      resolve(!isOver(call));
      return;
    }
    const events = ['drain', 'cancelled', 'close', 'finish'];
    const goOn = (): void => {
      for (const event of events) call.off(event, goOn);
      resolve(!isOver(call));
    };
    for (const event of events) call.on(event, goOn);
  });

const fromStream = (log: EventLog, options: ReadReq.Options): readonly LogRecord[] | undefined => {
  const place = options.getStream();
  const stream = nameOf(place?.getStreamIdentifier());
  if (log.isTombstoned(stream))
    throw rejection(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
      exception: 'stream-deleted',
      'stream-name': stream,
    });
  const visible = log.visible(stream);
  const isBackwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  if (visible === undefined || place === undefined) return undefined;
  const inOrder = isBackwards ? visible.toReversed() : visible;
  if (!place.hasRevision()) return place.hasEnd() === isBackwards ? inOrder : [];
  const from = BigInt(place.getRevision());
  return inOrder.filter(({ revision }) => (isBackwards ? revision <= from : revision >= from));
};

/** A position between two records is garbage to a server; one behind the last is taken as it is. */
export const checkPosition = (log: EventLog, position: bigint): void => {
  const index = log.indexAfter(position);
  if (position !== 0n && index < log.all().length && log.all()[index - 1]?.position !== position)
    throw rejection(status.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
};

/** Forwards from a position: that one included. Backwards: strictly before it. */
const fromAll = (log: EventLog, options: ReadReq.Options): readonly LogRecord[] => {
  const place = options.getAll();
  const isBackwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const inOrder = isBackwards ? log.all().toReversed() : log.all();
  const at = place?.getPosition();
  if (at === undefined) return place?.hasEnd() === isBackwards ? inOrder : [];
  const position = BigInt(at.getCommitPosition());
  checkPosition(log, position);
  return isBackwards
    ? inOrder.filter((record) => record.position < position)
    : inOrder.slice(log.indexAfter(position - 1n));
};

const readOnce = async (double: Double, call: ReadCall, options: ReadReq.Options): Promise<void> => {
  const stream = options.hasAll() ? '$all' : nameOf(options.getStream()?.getStreamIdentifier());
  double.note('read', stream);
  double.demandLeader(call.metadata);
  const fault = await double.faults.pass({ rpc: 'read', stream, when: 'before' });
  if (fault === 'hang') return;
  if (typeof fault === 'object') throw rejection(fault.code, 'as asked for', fault.trailers);
  const records = options.hasAll() ? fromAll(double.log, options) : fromStream(double.log, options);
  if (records === undefined) await send(call, streamNotFoundMessage(stream));
  for (const record of records?.slice(0, Number(options.getCount())) ?? [])
    if (!(await send(call, eventMessage(record)))) return;
  call.end();
};

/** Streams/Read: of a stream, of `$all`, or as a subscription to `$all`. */
export const readHandler =
  (double: Double): handleServerStreamingCall<ReadReq, ReadResp> =>
  (call) => {
    call.on('error', () => undefined);
    const options = call.request.getOptions() ?? new streams.ReadReq.Options();
    const isSubscription = options.hasSubscription();
    if (isSubscription && !options.hasAll()) {
      call.emit('error', rejection(status.UNIMPLEMENTED, 'the double subscribes to $all only'));
      return;
    }
    const running = isSubscription ? subscribeToAll(double, call, options) : readOnce(double, call, options);
    running.catch((error: unknown) => call.emit('error', error));
  };
