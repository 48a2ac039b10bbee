import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { LogRecord } from './event-log.ts';

// The generated code defeats named imports at run time: values come from the default import, types by name.

const TICKS_PER_MS = 10_000;
/** What -1 becomes on the wire. */
const NO_POSITION = 18_446_744_073_709_551_615n;

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8'));
  return identifier;
};

const recordedEvent = (record: LogRecord): ReadResp.ReadEvent.RecordedEvent => {
  const message = new streams.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(record.id);
  message.setId(id);
  message.setStreamIdentifier(identifierOf(record.stream));
  message.setStreamRevision(String(record.revision));
  message.setCommitPosition(String(record.position));
  message.setPreparePosition(String(record.position));
  message.getMetadataMap().set('type', record.type);
  message.getMetadataMap().set('content-type', record.contentType);
  message.getMetadataMap().set('created', String(record.createdMs * TICKS_PER_MS));
  message.setData(record.data);
  message.setCustomMetadata(record.metadata);
  return message;
};

export const eventMessage = (record: LogRecord): ReadResp => {
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recordedEvent(record));
  event.setCommitPosition(String(record.position));
  const response = new streams.ReadResp();
  response.setEvent(event);
  return response;
};

export const checkpointMessage = (position: bigint, prepare = position): ReadResp => {
  const checkpoint = new streams.ReadResp.Checkpoint();
  const onWire = (at: bigint): string => String(at < 0n ? NO_POSITION : at);
  checkpoint.setCommitPosition(onWire(position));
  checkpoint.setPreparePosition(onWire(prepare));
  const response = new streams.ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
};

export const confirmationMessage = (id: string): ReadResp => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  const response = new streams.ReadResp();
  response.setConfirmation(confirmation);
  return response;
};

export const caughtUpMessage = (): ReadResp => {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
};

export const fellBehindMessage = (): ReadResp => {
  const response = new streams.ReadResp();
  response.setFellBehind(new streams.ReadResp.FellBehind());
  return response;
};

export const streamNotFoundMessage = (stream: string): ReadResp => {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(stream));
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
};

/** How the server rejects: a status code, and trailers that say which rejection it is. */
export const rejection = (
  code: status,
  text: string,
  trailers: Readonly<Record<string, string>> = {},
): ServiceError => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(text), { code, details: text, metadata });
};
