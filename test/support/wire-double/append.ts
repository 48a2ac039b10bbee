import { status, type handleClientStreamingCall, type Metadata, type sendUnaryData } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Double } from './double.ts';
import type { AppendOutcome, Expected, Proposed } from './event-log.ts';
import { nameOf, rejection } from './messages.ts';

const expectedOf = (options: AppendReq.Options): Expected => {
  const kinds = streams.AppendReq.Options.ExpectedStreamRevisionCase;
  switch (options.getExpectedStreamRevisionCase()) {
    case kinds.NO_STREAM:
      return 'no_stream';
    case kinds.STREAM_EXISTS:
      return 'stream_exists';
    case kinds.REVISION:
      return BigInt(options.getRevision());
    case kinds.ANY:
    case kinds.EXPECTED_STREAM_REVISION_NOT_SET:
      return 'any';
  }
};

const proposedOf = (message: AppendReq.ProposedMessage): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: Buffer.from(message.getData_asU8()),
  metadata: Buffer.from(message.getCustomMetadata_asU8()),
});

const successMessage = ({ last, isHidden = false }: Extract<AppendOutcome, { last: unknown }>): AppendResp => {
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(String(last.position));
  position.setPreparePosition(String(last.position));
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(last.revision));
  if (isHidden) success.setNoPosition(new shared.Empty());
  else success.setPosition(position);
  const response = new streams.AppendResp();
  response.setSuccess(success);
  return response;
};

const wrongVersionMessage = (actual: 'no_stream' | bigint, expected: Expected): AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (actual === 'no_stream') wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(actual));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  const response = new streams.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
};

/** What a server reads as one message, whatever its `MaxAppendSize`: gRPC's own limit. An event is a message. */
export const MESSAGE_BYTES = 4 * 1024 * 1024;

const answer = (double: Double, options: AppendReq.Options, events: readonly Proposed[]): AppendResp => {
  const stream = nameOf(options.getStreamIdentifier());
  if (events.some(({ data, metadata }) => data.length + metadata.length > MESSAGE_BYTES))
    throw rejection(status.RESOURCE_EXHAUSTED, 'Received message exceeds the maximum configured message size.');
  const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  if (size > double.maxAppendBytes)
    throw rejection(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded.', {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(double.maxAppendBytes),
    });
  const expected = expectedOf(options);
  const outcome = double.log.append(stream, events, expected);
  if ('deleted' in outcome)
    throw rejection(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
      exception: 'stream-deleted',
      'stream-name': stream,
    });
  return 'last' in outcome ? successMessage(outcome) : wrongVersionMessage(outcome.wrong, expected);
};

type Received = {
  readonly options: AppendReq.Options;
  readonly events: readonly Proposed[];
  readonly metadata: Metadata;
};

const finish = async (
  double: Double,
  { options, events, metadata }: Received,
  callback: sendUnaryData<AppendResp>,
): Promise<void> => {
  const stream = nameOf(options.getStreamIdentifier());
  double.note('append', stream);
  double.demandLeader(metadata);
  const before = await double.faults.pass({ rpc: 'append', stream, when: 'before' });
  if (before !== undefined) {
    if (typeof before === 'object') callback(rejection(before.code, 'as asked for', before.trailers));
    if (before === 'end') callback(null, new streams.AppendResp());
    return;
  }
  const response = answer(double, options, events);
  const after = await double.faults.pass({ rpc: 'append', stream, when: 'after' });
  if (after === undefined) callback(null, response);
  else if (typeof after === 'object') callback(rejection(after.code, 'as asked for', after.trailers));
};

/** Streams/Append: options first, then one message an event; nothing is written before the last has come. */
export const appendHandler =
  (double: Double): handleClientStreamingCall<AppendReq, AppendResp> =>
  (call, callback) => {
    const events: Proposed[] = [];
    let options: AppendReq.Options | undefined;
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposedOf(message));
    });
    call.on('error', () => undefined);
    call.on('end', () => {
      if (options === undefined) return;
      finish(double, { options, events, metadata: call.metadata }, callback).catch((error: unknown) =>
        callback(error as Error),
      );
    });
  };
