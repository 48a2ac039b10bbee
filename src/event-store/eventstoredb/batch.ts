import { randomUUID } from 'node:crypto';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import { createStreamIdentifier } from '@eventstore/db-client/dist/utils/grpcStreamIdentifier.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Proposed } from './events.ts';
import { Empty } from './well-known.ts';
import { StoreUnavailable, type ExpectedRevision } from '../port.ts';

/** What is written to one stream. */
export type Write = {
  /** As the server knows it. */
  readonly stream: string;
  readonly events: readonly Proposed[];
  readonly expected: ExpectedRevision;
};

/** What the server says to a write that it took. `commit`: undefined where it hides the place. */
export type Taken = { readonly revision: bigint; readonly commit: bigint | undefined };

export type BatchCall = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

const JSON_EVENT = 'application/json';

const proposedMessage = ({ id, type, data, metadata }: Proposed): BatchAppendReq.ProposedMessage => {
  const message = new streams.BatchAppendReq.ProposedMessage();
  const uuid = new shared.UUID();
  uuid.setString(id);
  message.setId(uuid);
  message.getMetadataMap().set('type', type).set('content-type', JSON_EVENT);
  message.setData(data);
  message.setCustomMetadata(metadata);
  return message;
};

const requestOf = (id: string, { stream, events, expected }: Write): BatchAppendReq => {
  const options = new streams.BatchAppendReq.Options();
  options.setStreamIdentifier(createStreamIdentifier(stream));
  if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setStreamPosition(String(expected));
  const correlation = new shared.UUID();
  correlation.setString(id);
  const request = new streams.BatchAppendReq();
  request.setCorrelationId(correlation);
  request.setOptions(options);
  request.setProposedMessagesList(events.map(proposedMessage));
  request.setIsFinal(true);
  return request;
};

/** What the types of an answer to a write say about the request. With any other, the outcome is open. */
const ANSWERS: readonly unknown[] = [
  'wrong-expected-version',
  'stream-deleted',
  'access-denied',
  'maximum-append-size-exceeded',
  'deadline-exceeded',
];

const errorOf = (response: BatchAppendResp, stream: string): Error => {
  const status = response.getError();
  const details = status?.getDetails();
  if (status === undefined || details === undefined)
    return new StoreUnavailable('the server answered an append without a result');
  if (details.getTypeName() === 'event_store.client.BadRequest')
    return new Error(`EventStoreDB does not understand an append to ${stream}: ${status.getMessage()}`);
  const error = unpackToCommandError(status, stream);
  // Not ready, too busy, no leader known: told in words only.
  return ANSWERS.includes(error.type) ? error : new StoreUnavailable(error.message);
};

/**
 * Appends on one BatchAppend call: they travel side by side, each with an id of its own, and cost neither side a call each.
 * The client has the same, which does not notice the loss of a call for the appends that wait, or of other clients.
 */
export const createBatch = (call: BatchCall) => {
  type Waiting = {
    readonly stream: string;
    readonly resolve: (taken: Taken) => void;
    readonly reject: (error: Error) => void;
  };
  const waiting = new Map<string, Waiting>();
  let loss: Error | undefined;

  const lose = (error: Error): void => {
    loss ??= error;
    for (const { reject } of waiting.values()) reject(loss);
    waiting.clear();
  };

  call.on('data', (response: BatchAppendResp) => {
    const id = response.getCorrelationId()?.getString() ?? '';
    const asked = waiting.get(id);
    // An answer after its time limit: its caller has stopped waiting.
    if (asked === undefined) return;
    waiting.delete(id);
    const success = response.getSuccess();
    if (success === undefined) {
      asked.reject(errorOf(response, asked.stream));
      return;
    }
    const commit = success.getPosition()?.getCommitPosition();
    asked.resolve({
      revision: BigInt(success.getCurrentRevision()),
      commit: commit === undefined ? undefined : BigInt(commit),
    });
  });
  call.on('error', (error: Error) => lose(convertToCommandError(error)));
  call.on('end', () => {
    lose(new StoreUnavailable('the server ended the call for appends'));
    call.end();
  });

  return {
    /** May never settle, where the server does not answer: the caller has a limit. What waits is bounded by the callers. */
    append: (write: Write): Promise<Taken> =>
      new Promise((resolve, reject) => {
        if (loss !== undefined) {
          reject(loss);
          return;
        }
        const id = randomUUID();
        waiting.set(id, { stream: write.stream, resolve, reject });
        call.write(requestOf(id, write));
      }),
  };
};

export type Batch = ReturnType<typeof createBatch>;
