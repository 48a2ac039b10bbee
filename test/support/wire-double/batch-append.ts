import { status, type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import { Empty, ofClient } from '../../../src/event-store/eventstoredb/well-known.ts';
import { MESSAGE_BYTES } from './append.ts';
import type { Double } from './double.ts';
import type { Expected, Proposed } from './event-log.ts';
import { nameOf, rejection } from './messages.ts';

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

type AnyMessage = { readonly pack: (bytes: Uint8Array, name: string) => void };
const { Any } = ofClient('google-protobuf/google/protobuf/any_pb.js') as { readonly Any: new () => AnyMessage };

const expectedOf = (options: BatchAppendReq.Options): Expected => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasStreamPosition() ? BigInt(options.getStreamPosition()) : 'any';
};

const proposedOf = (message: BatchAppendReq.ProposedMessage): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: Buffer.from(message.getData_asU8()),
  metadata: Buffer.from(message.getCustomMetadata_asU8()),
});

type Detail = { readonly serializeBinary: () => Uint8Array };

const statusOf = (name: string, detail: Detail): Status => {
  const any = new Any();
  any.pack(detail.serializeBinary(), `event_store.client.${name}`);
  const message = new statuses.Status();
  message.setMessage(name);
  message.setDetails(any as Parameters<Status['setDetails']>[0]);
  return message;
};

const wrongVersion = (actual: 'no_stream' | bigint, expected: Expected): Status => {
  const wrong = new shared.WrongExpectedVersion();
  if (actual === 'no_stream') wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentStreamRevision(String(actual));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new Empty());
  else if (expected === 'any') wrong.setExpectedAny(new Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  return statusOf('WrongExpectedVersion', wrong);
};

const tooLarge = (maxBytes: number): Status => {
  const detail = new shared.MaximumAppendSizeExceeded();
  detail.setMaxappendsize(maxBytes);
  return statusOf('MaximumAppendSizeExceeded', detail);
};

/** Told in words only. */
const busy = (): Status => {
  const any = new Any();
  any.pack(new Uint8Array(), 'google.protobuf.Empty');
  const message = new statuses.Status();
  message.setMessage('Server Is Busy');
  message.setDetails(any as Parameters<Status['setDetails']>[0]);
  return message;
};

const answerInto = (response: BatchAppendResp, double: Double, request: BatchAppendReq): void => {
  const options = request.getOptions() ?? new streams.BatchAppendReq.Options();
  const stream = nameOf(options.getStreamIdentifier());
  const events = request.getProposedMessagesList().map(proposedOf);
  const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  if (size > double.maxAppendBytes) return void response.setError(tooLarge(double.maxAppendBytes));
  const expected = expectedOf(options);
  const outcome = double.log.append(stream, events, expected);
  if ('deleted' in outcome) return void response.setError(statusOf('StreamDeleted', new shared.StreamDeleted()));
  if ('wrong' in outcome) return void response.setError(wrongVersion(outcome.wrong, expected));
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(String(outcome.last.revision));
  if (outcome.isHidden === true) success.setNoPosition(new Empty());
  else {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(outcome.last.position));
    position.setPreparePosition(String(outcome.last.position));
    success.setPosition(position);
  }
  response.setSuccess(success);
};

const finish = async (double: Double, call: BatchCall, request: BatchAppendReq): Promise<void> => {
  const stream = nameOf(request.getOptions()?.getStreamIdentifier());
  double.note('append', stream);
  if (request.serializeBinary().length > MESSAGE_BYTES)
    throw rejection(status.RESOURCE_EXHAUSTED, 'Received message exceeds the maximum configured message size.');
  double.demandLeader(call.metadata);
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(request.getCorrelationId());
  for (const when of ['before', 'after'] as const) {
    const fault = await double.faults.pass({ rpc: 'append', stream, when });
    if (fault === 'timeout' || fault === 'busy') {
      response.setError(fault === 'timeout' ? statusOf('Timeout', new shared.Timeout()) : busy());
      return void call.write(response);
    }
    if (typeof fault === 'object') throw rejection(fault.code, 'as asked for', fault.trailers);
    if (fault === 'end') call.end();
    if (fault !== undefined) return;
    if (when === 'before') answerInto(response, double, request);
  }
  call.write(response);
};

/** Streams/BatchAppend: many appends on one call, each with an id of its own. What fails as a call fails them all. */
export const batchAppendHandler =
  (double: Double): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> =>
  (call) => {
    double.note('batch', '');
    call.on('error', () => undefined);
    call.on('data', (request: BatchAppendReq) => {
      finish(double, call, request).catch((error: unknown) => call.emit('error', error));
    });
    call.on('end', () => call.end());
  };
