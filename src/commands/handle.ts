import type { DomainEvent } from '../domain/events.ts';
import { isErased, type Decider, type Fact, type Fold, type Rejection } from '../domain/shared/decider.ts';

import { eventId, type Codec, type EventContext } from '../event-store/codec.ts';
import {
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type Position,
  type Revision,
} from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';

const MAX_ATTEMPTS = 5;

/** Lost the race for a stream time after time: try again later. */
export class TooMuchContention extends Error {
  override readonly name = 'TooMuchContention';
}

/** The command has been done before, for another request: its caller used an Idempotency-Key again. */
export class OtherRequest extends Error {
  override readonly name = 'OtherRequest';
}

export type Request<C> = {
  readonly stream: string;
  readonly command: C;
  readonly context: EventContext;
  /** The revision the caller demands (If-Match). A stream that has moved on is then not decided on again. */
  readonly expected?: Revision | undefined;
  /**
   * The whole stream as the caller knows it, decided on without reading it again; empty where its name was made up just
   * now. Should it have moved on, the append says so and it is read after all.
   */
  readonly known?: readonly Recorded[] | undefined;
  /** The decider's initial state stands for everything up to this revision: the stream is read only after it. */
  readonly after?: Revision;
  /** How often a lost race is decided again. Default 5. */
  readonly attempts?: number;
};

/** What came of a command. `revision` and `position` are those of the last event folded into `state`. */
export type Done<S> = {
  readonly state: S;
  readonly revision: Revision;
  readonly position: Position;
  /** What this command appended; empty when there was nothing left to do. */
  readonly events: readonly Recorded[];
  /** The command had been done before: this is what it led to then. */
  readonly repeated: boolean;
};

export type Rejected<S, R> = { readonly rejection: R; readonly state: S };
export type Outcome<S, R> = Done<S> | Rejected<S, R>;

export const wasRejected = <S, R>(outcome: Outcome<S, R>): outcome is Rejected<S, R> => 'rejection' in outcome;

export type Handle = <C, E extends DomainEvent, S, R extends Rejection>(
  decider: Decider<C, E, S, R>,
  request: Request<C>,
) => Promise<Outcome<S, R>>;

/** Folds a stream. Which aggregate's events it holds is decided by the stream's name alone, hence the cast. */
export const fold = <E extends DomainEvent, S>({ initialState, evolve }: Fold<E, S>, events: readonly Recorded[]): S =>
  events.reduce((state, { fact }) => evolve(state, fact as Fact<E>), initialState);

/** The customer whose key seals a stream's personal data: named, where there is one, by its first event. */
const customerOf = (first: { readonly data: object } | undefined): string | undefined =>
  first !== undefined && 'customer_id' in first.data && typeof first.data.customer_id === 'string'
    ? first.data.customer_id
    : undefined;

/** Where in the stream the events of this command lie, when it has been done before. */
const findDone = ({ stream, context }: Request<unknown>, past: readonly Recorded[]) => {
  const start = past.findIndex(({ id }) => id === eventId(context.command_id, stream, 0));
  const first = past[start];
  if (first === undefined) return undefined;
  let end = start + 1;
  while (past[end]?.id === eventId(context.command_id, stream, end - start)) end++;
  return { first, start, end };
};

/**
 * The stream remembers longer than the keys are kept which request a command came from. `first`: the command's first event.
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
export const createHandle = ({ store, codec }: { readonly store: EventStore; readonly codec: Codec }): Handle => {
  const append = async (
    { stream, context }: Request<unknown>,
    past: readonly Recorded[],
    accepted: readonly DomainEvent[],
  ): Promise<readonly Recorded[]> => {
    const last = past.at(-1);
    const encoded = await codec.encode({
      stream,
      events: accepted,
      context,
      revision: last === undefined ? 0n : last.revision + 1n,
      previousHash: last?.metadata.hash ?? null,
      customerId: customerOf(past[0]?.fact ?? accepted[0]),
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

  return async (decider, request) => {
    const { stream, expected, after = -1n, attempts = MAX_ATTEMPTS } = request;
    const foldAfter = (events: readonly Recorded[]) =>
      fold(decider, after < 0n ? events : events.filter(({ revision }) => revision > after));
    const done = (events: readonly Recorded[], own: readonly Recorded[], repeated: boolean) => {
      const { revision, position } = events.at(-1) ?? { revision: -1n, position: 0n };
      return { state: foldAfter(events), revision, position, events: own, repeated };
    };
    // The event at `after` itself is read too: the next one's hash and expected revision build on it.
    const readPast = async () => codec.decode(await store.readStream(stream, after < 0n ? {} : { from: after }));

    for (let attempt = 1; attempt <= attempts; attempt++) {
      const past = attempt === 1 && request.known !== undefined ? request.known : await readPast();

      const before = findDone(request, past);
      if (before !== undefined) {
        demandSameRequest(request.context, before.first);
        return done(past.slice(0, before.end), past.slice(before.start, before.end), true);
      }

      const found: ExpectedRevision = past.at(-1)?.revision ?? 'no_stream';
      if (expected !== undefined && expected !== found) throw new WrongExpectedRevision(stream, expected, found);

      const state = foldAfter(past);
      const decision = decider.decide(request.command, state);
      if ('rejected' in decision) return { rejection: decision, state };
      if (decision.accepted.length === 0) return done(past, [], false);

      try {
        const own = await append(request, past, decision.accepted);
        return done([...past, ...own], own, false);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error; // lost the race: decide again on what is there now
      }
    }
    throw new TooMuchContention(`${stream}: lost the race ${attempts} times`);
  };
};
