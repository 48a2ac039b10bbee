import type { DomainEvent } from '../domain/events.ts';
import { isErased, type Decider, type Rejection } from '../domain/shared/decider.ts';
import { eventId, type Codec, type EventContext } from '../event-store/codec.ts';
import {
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type Position,
  type Revision,
} from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { createLoadPast, customerOf, foldPast, mayHold, type LoadPast, type Past } from './past.ts';

const MAX_ATTEMPTS = 5;
const NO_MARKS = Buffer.alloc(0);

/** Lost the race for a stream time after time: try again later. */
export class TooMuchContention extends Error {
  override readonly name = 'TooMuchContention';
}

/** The command has been done before, for another request: its caller used an Idempotency-Key again. */
export class OtherRequest extends Error {
  override readonly name = 'OtherRequest';
}

export type Request<C, S = unknown> = {
  readonly stream: string;
  readonly command: C;
  readonly context: EventContext;
  /** The revision the caller demands (If-Match). A stream that has moved on is then not decided on again. */
  readonly expected?: Revision | undefined;
  /**
   * The stream as the caller knows it, decided on without reading it again; `NO_PAST` where its name was made up just
   * now. Should it have moved on, the append says so and it is read after all.
   */
  readonly known?: Past<S> | undefined;
  /** The decider's initial state stands for everything up to this revision: the stream is read only after it. */
  readonly after?: Revision;
  /**
   * Looks at what the decision would be made on before it is made, and answers whether it changed the stream: then it
   * is read again.
   */
  readonly prepare?: (state: S) => Promise<boolean>;
  /** How often a lost race is decided again. Default 5. */
  readonly attempts?: number;
};

/** The result of a command. `revision` and `position` are those of the last event folded into `state`. */
export type Done<S> = {
  readonly state: S;
  readonly revision: Revision;
  readonly position: Position;
  /** The events that this command appended; empty if there was nothing left to do. */
  readonly events: readonly Recorded[];
  /** The command had been done before: this is what it led to then. */
  readonly repeated: boolean;
};

export type Rejected<S, R> = { readonly rejection: R; readonly state: S };
export type Outcome<S, R> = Done<S> | Rejected<S, R>;

export const wasRejected = <S, R>(outcome: Outcome<S, R>): outcome is Rejected<S, R> => 'rejection' in outcome;

export type Handle = <C, E extends DomainEvent, S, R extends Rejection>(
  decider: Decider<C, E, S, R>,
  request: Request<C, NoInfer<S>>,
) => Promise<Outcome<S, R>>;

type StreamRef = Pick<Request<unknown>, 'stream' | 'context'>;

/** Where in the stream the events of this command lie, when it has been done before. */
const findDone = ({ stream, context }: StreamRef, past: readonly Recorded[]) => {
  const start = past.findIndex(({ id }) => id === eventId(context.command_id, stream, 0));
  const first = past[start];
  if (first === undefined) return undefined;
  let end = start + 1;
  while (past[end]?.id === eventId(context.command_id, stream, end - start)) end++;
  return { first, start, end };
};

/**
 * The stream remembers longer than the keys are kept which request a command came from. `first`: the command's first
 * event.
 * @throws OtherRequest when the command was done for another request than this one
 */
export const demandSameRequest = ({ request }: Pick<EventContext, 'request'>, first: Recorded): void => {
  const before = first.metadata.personal;
  if (before === undefined || isErased(before)) return;
  const [then, now] = [before.request_hash, request?.request_hash];
  if (then !== undefined && now !== undefined && then !== now)
    throw new OtherRequest(`${first.stream}: the command was done for another request`);
};

/** The one loop of every command: read, fold, decide, append. The append is the only commit point. */
export const createHandle = ({
  store,
  codec,
  loadPast = createLoadPast({ store, codec }),
}: {
  readonly store: EventStore;
  readonly codec: Codec;
  /** Default: every stream is read whole. */
  readonly loadPast?: LoadPast;
}): Handle => {
  const append = async (
    { stream, context }: StreamRef,
    past: Past<unknown>,
    accepted: readonly DomainEvent[],
  ): Promise<readonly Recorded[]> => {
    const last = past.events.at(-1);
    const encoded = await codec.encode({
      stream,
      events: accepted,
      context,
      revision: last === undefined ? 0n : last.revision + 1n,
      previousHash: last?.metadata.hash ?? null,
      customerId: customerOf(stream, past, accepted),
    });
    const { revision, position } = await store.append(
      stream,
      encoded.map(({ stored }) => stored),
      last?.revision ?? 'no_stream',
    );
    const first = revision - BigInt(encoded.length - 1);
    return encoded.map(({ stored, event, metadata }, index) => {
      const fact = { ...event, at: context.at, by: context.actor };
      return { id: stored.id, stream, revision: first + BigInt(index), position, fact, metadata };
    });
  };

  const readWhole = async (stream: string, from?: Revision) =>
    codec.decode(await store.readStream(stream, from === undefined ? {} : { from }));

  return async (decider, request) => {
    const { stream, context, expected, after = -1n, attempts = MAX_ATTEMPTS } = request;

    type Known = Past<typeof decider.initialState>;
    const read = async (): Promise<Known> => {
      if (after < 0n) return loadPast(decider, stream);
      // The event at `after` itself is read too: the next one's hash and expected revision build on it.
      const base = { revision: after, state: decider.initialState, customer_id: null, marks: NO_MARKS };
      return { base, events: await readWhole(stream, after) };
    };
    /** An event of this command may be among those that were folded before: then all of them are looked at. */
    const withOwn = async (past: Known): Promise<Known> =>
      past.base !== undefined && mayHold(past.base, eventId(context.command_id, stream, 0))
        ? { base: undefined, events: await readWhole(stream) }
        : past;
    const done = (past: Known, own: readonly Recorded[], repeated: boolean) => {
      const { revision, position } = past.events.at(-1) ?? { revision: -1n, position: 0n };
      return { state: foldPast(decider, past), revision, position, events: own, repeated };
    };

    for (let attempt = 1; attempt <= attempts; attempt++) {
      const known = attempt === 1 ? request.known : undefined;
      const past = await withOwn(known ?? (await read()));
      const { base, events } = past;

      const before = findDone(request, events);
      if (before !== undefined) {
        demandSameRequest(context, before.first);
        return done({ base, events: events.slice(0, before.end) }, events.slice(before.start, before.end), true);
      }

      const found: ExpectedRevision = events.at(-1)?.revision ?? 'no_stream';
      if (expected !== undefined && expected !== found) throw new WrongExpectedRevision(stream, expected, found);

      const state = foldPast(decider, past);
      if (await request.prepare?.(state)) continue;
      const decision = decider.decide(request.command, state);
      if ('rejected' in decision) return { rejection: decision, state };
      if (decision.accepted.length === 0) return done(past, [], false);

      try {
        const own = await append(request, past, decision.accepted);
        return done({ base, events: [...events, ...own] }, own, false);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error; // lost the race: decide again on what is there now
      }
    }
    throw new TooMuchContention(`${stream}: lost the race ${attempts} times`);
  };
};
