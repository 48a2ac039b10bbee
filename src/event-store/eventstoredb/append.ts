import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { Taken } from './batch.ts';
import type { Connection } from './connection.ts';
import { actualVersion, appendLimitOf, isOutage, isTimeout, isType, translateError } from './errors.ts';
import { isPosition, toProposed, type Proposed } from './events.ts';
import { withLimit } from './limits.ts';
import type { OwnEvents } from './own-events.ts';
import type { Reads } from './read.ts';
import { isSameEvent } from '../hash-chain.ts';
import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  StoreUnavailable,
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '../port.ts';

/** An append that hangs leaves time for two repeats. */
const ATTEMPTS_IN_LIMIT = 3;

export type AppendOptions = {
  readonly connection: Connection;
  readonly own: OwnEvents;
  readonly readStream: Reads['readStream'];
  /** How long an append may take, repeats included. Milliseconds. */
  readonly appendTimeoutMs: number;
};

type Request = {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: ExpectedRevision;
  /** When to give up, on the clock of `performance.now()`. */
  readonly deadline: number;
};

const sizeOf = (proposed: readonly Proposed[]): number =>
  proposed.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);

/** The answer of an append that went as expected; undefined: the answer leaves open what is stored. */
const settledBy = ({ events, expected }: Request, { revision, commit }: Taken): Appended | undefined => {
  const before = expected === 'no_stream' ? -1n : expected;
  const isWhole = revision === before + BigInt(events.length);
  return isWhole && isPosition(commit) ? { revision, position: commit } : undefined;
};

/**
 * Writes. The server's answer is enough where it says that these events are stored behind the expected revision; after
 * any other answer, or none, the stream is read.
 */
export const createAppend = ({ connection, own, readStream, appendTimeoutMs }: AppendOptions): EventStore['append'] => {
  const attemptMs = appendTimeoutMs / ATTEMPTS_IN_LIMIT;
  const turns = new Map<string, Promise<unknown>>();

  /** The calls travel side by side and may overtake each other: those for one stream go one after the other. */
  const inTurn = <T>(stream: string, task: () => Promise<T>): Promise<T> => {
    const before = turns.get(stream) ?? Promise.resolve();
    const turn = before.then(task, task);
    turns.set(stream, turn);
    const leave = (): void => {
      if (turns.get(stream) === turn) turns.delete(stream);
    };
    turn.then(leave, leave);
    return turn;
  };

  /** The place of these very events behind the expected revision, if they are there. */
  const findAppended = async ({ stream, events, expected }: Request): Promise<Appended | undefined> => {
    const from = expected === 'no_stream' ? 0n : expected + 1n;
    const found = await withLimit(attemptMs, 'a read', readStream(stream, { from, limit: events.length }));
    const isSame = events.every((event, index) => {
      const stored = found[index];
      return stored !== undefined && isSameEvent(stored, event);
    });
    const last = found.at(events.length - 1);
    return isSame && last !== undefined ? { revision: last.revision, position: last.position } : undefined;
  };

  const headOf = async ({ stream }: Request): Promise<bigint | undefined> => {
    const last = readStream(stream, { direction: 'backwards', limit: 1 });
    return (await withLimit(attemptMs, 'a read', last))[0]?.revision;
  };

  /** A rejected append counts as done when its events are stored already. */
  const settleRejection = async (request: Request, actual: bigint | undefined): Promise<Appended> => {
    const appended = await findAppended(request);
    if (appended !== undefined) return appended;
    throw new WrongExpectedRevision(request.stream, request.expected, actual ?? 'no_stream');
  };

  /** Success without the expected place: the stream was deleted before or since. */
  const settleSuccess = async (request: Request): Promise<Appended> => {
    const appended = await findAppended(request);
    if (appended !== undefined) return appended;
    const head = await headOf(request);
    if (head === undefined) throw new Error(`stream ${request.stream} was deleted after this append`);
    throw new WrongExpectedRevision(request.stream, request.expected, head);
  };

  const attempt = async (request: Request, proposed: readonly Proposed[]): Promise<Appended> => {
    const connected = connection.current();
    try {
      const write = { stream: own.serverStream(request.stream), events: proposed, expected: request.expected };
      const answer = await withLimit(attemptMs, 'an append', connected.client.write(write, attemptMs));
      return settledBy(request, answer) ?? (await settleSuccess(request));
    } catch (error) {
      if (isType(error, 'wrong-expected-version')) return settleRejection(request, actualVersion(error));
      if (isTimeout(error)) connection.replace(connected);
      throw error;
    }
  };

  /** After a failure it is unknown whether the events were written: read the stream, then send the same events again. */
  const appendUntilKnown = async (request: Request, proposed: readonly Proposed[]): Promise<Appended> => {
    const backoff = createBackoff();
    for (;;) {
      if (performance.now() >= request.deadline) throw new StoreUnavailable('no time left for an append');
      try {
        return await attempt(request, proposed);
      } catch (error) {
        const maxBytes = appendLimitOf(error);
        if (maxBytes !== undefined) throw new AppendTooLarge(sizeOf(proposed), maxBytes);
        if (!isOutage(error)) throw translateError(error);
        const found = await findAppended(request).catch(() => undefined);
        if (found !== undefined) return found;
        const pauseMs = backoff.nextDelayMs();
        if (performance.now() + pauseMs >= request.deadline) throw translateError(error);
        await sleep(pauseMs);
      }
    }
  };

  return async (stream, events, expected) => {
    if (events.length === 0) throw new RangeError('an append needs at least one event');
    const proposed = events.map(toProposed);
    const bytes = sizeOf(proposed);
    if (bytes > MAX_APPEND_BYTES) throw new AppendTooLarge(bytes, MAX_APPEND_BYTES);
    const request = { stream, events, expected, deadline: performance.now() + appendTimeoutMs };
    return inTurn(stream, () => appendUntilKnown(request, proposed));
  };
};
