import { wasRejected, type ReturnOutcome } from '../../commands/index.ts';
import { isInitiated } from '../../domain/return/index.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { returnStream, streamId } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { notFound } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import type { Replay, Reply } from '../server/route.ts';
import { type FoundReturn, orderOf, readReturn, withMoney } from './find-return.ts';
import { returnBody } from './body.ts';
import type { ReturnDeps } from './deps.ts';

const plain = () => ({});

/** What an answer says besides, from the newest event of the return that it shows. */
export type MoreOfReturn = (last: Recorded | undefined) => object;

/** A read of one return. */
export const returnReply = (found: FoundReturn, caller: Caller, more: MoreOfReturn = plain): Reply => ({
  status: 200,
  body: { ...returnBody(found, caller), ...more(found.last) },
  at: { stream: found.stream, revision: found.revision },
});

/** The new state of the return a command changed, or the problem that says why not. */
export const returnOutcomeReply = async (
  deps: Pick<ReturnDeps, 'readStream'>,
  outcome: ReturnOutcome,
  {
    caller,
    status = 200,
    more = plain,
  }: { readonly caller: Caller; readonly status?: number; readonly more?: MoreOfReturn },
): Promise<Reply> => {
  if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
  const { id, state: one, revision, position, repeated: isRepeated } = outcome;
  if (!isInitiated(one)) throw new Error(`return ${id} accepted a command before it began`);
  const order = await orderOf(deps, one);
  return {
    status,
    body: { ...returnBody(withMoney(id, one, order), caller), ...more(outcome.events.at(-1)) },
    at: { stream: returnStream(id), revision },
    position,
    isRepeated,
    ...(status === 201 && { headers: { Location: `/api/v1/returns/${id}` } }),
  };
};

/** Answers a repeated write again: the return as of the revision that the first answer showed. */
export const replayReturn =
  (deps: Pick<ReturnDeps, 'readStream'>, more?: MoreOfReturn): Replay =>
  async ({ caller }, place, status) => {
    if (place === undefined) throw new Error('a write on a return always has a place');
    const found = await readReturn(deps, streamId(place.stream), { revision: place.revision });
    if (found === undefined) throw notFound('return');
    return { ...returnReply(found, caller, more), status };
  };
