import { createStreamIdentifier } from '@eventstore/db-client/dist/utils/grpcStreamIdentifier.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Position, Revision } from '../port.ts';

const { Options } = streams.ReadReq;
const DIRECTION = {
  forwards: Options.ReadDirection.FORWARDS,
  backwards: Options.ReadDirection.BACKWARDS,
};
const EVERYTHING = String(Number.MAX_SAFE_INTEGER);

/** What every read asks for: ids as text. */
const optionsOfRead = (): ReadReq.Options => {
  const uuids = new Options.UUIDOption();
  uuids.setString(new shared.Empty());
  const options = new Options();
  options.setUuidOption(uuids);
  options.setNoFilter(new shared.Empty());
  return options;
};

const requestOf = (options: ReadReq.Options): ReadReq => {
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
};

export type StreamRange = {
  /** Default: the end at which the direction begins. */
  readonly from: Revision | undefined;
  readonly direction: keyof typeof DIRECTION;
  /** Default: all. */
  readonly limit: number | undefined;
};

/** Asks for the events of one stream. */
export const streamRequest = (stream: string, { from, direction, limit }: StreamRange): ReadReq => {
  const place = new Options.StreamOptions();
  place.setStreamIdentifier(createStreamIdentifier(stream));
  if (from !== undefined) place.setRevision(String(from));
  else if (direction === 'forwards') place.setStart(new shared.Empty());
  else place.setEnd(new shared.Empty());
  const options = optionsOfRead();
  options.setStream(place);
  options.setReadDirection(DIRECTION[direction]);
  options.setCount(limit === undefined ? EVERYTHING : String(limit));
  return requestOf(options);
};

/** Prepare and commit position are one and the same for everything that is written without a transaction. */
const placeAt = (position: Position): ReadReq.Options.AllOptions => {
  const at = new Options.Position();
  at.setCommitPosition(String(position));
  at.setPreparePosition(String(position));
  const place = new Options.AllOptions();
  place.setPosition(at);
  return place;
};

/** Asks for the events of all streams from a position on, that one included. */
export const logRequest = (from: Position, limit: number): ReadReq => {
  const options = optionsOfRead();
  options.setAll(placeAt(from));
  options.setReadDirection(DIRECTION.forwards);
  options.setCount(String(limit));
  return requestOf(options);
};

/** Asks for the last event of all. */
export const lastRequest = (): ReadReq => {
  const place = new Options.AllOptions();
  place.setEnd(new shared.Empty());
  const options = optionsOfRead();
  options.setAll(place);
  options.setReadDirection(DIRECTION.backwards);
  options.setCount('1');
  return requestOf(options);
};

/** The server marks its progress after looking at so many events; it also reads ahead in pages of this size. */
const SEARCH_WINDOW = 64;

/** Of streams with one of these prefixes; `''`: of every stream, but for the server's own events. */
const filterOf = (prefixes: readonly string[]): ReadReq.Options.FilterOptions => {
  const expression = new Options.FilterOptions.Expression();
  const filter = new Options.FilterOptions();
  filter.setMax(SEARCH_WINDOW);
  filter.setCheckpointintervalmultiplier(1);
  if (prefixes.includes('')) {
    expression.setRegex('^[^$].*');
    filter.setEventType(expression);
    return filter;
  }
  // An empty list would mean every stream to the server.
  if (prefixes.length === 0) expression.setRegex('^$');
  else expression.setPrefixList([...prefixes]);
  filter.setStreamIdentifier(expression);
  return filter;
};

/** Asks for everything after a position, and for what will come. */
export const followRequest = (after: Position, prefixes: readonly string[]): ReadReq => {
  const options = optionsOfRead();
  // Never from the start: before its first checkpoint a server would then mark the end of time, and nothing after it.
  options.setAll(placeAt(after));
  options.setSubscription(new Options.SubscriptionOptions());
  options.setFilter(filterOf(prefixes));
  return requestOf(options);
};
