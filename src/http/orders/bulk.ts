import { wasRejected, type OrderOutcome } from '../../commands/index.ts';
import type { Position } from '../../event-store/port.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import { notFound, problemBody } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { resolveId } from '../server/resolve-id.ts';
import type { Reply, RequestFacts } from '../server/route.ts';
import type { BulkResult } from './bulk-schemas.ts';
import type { OrderDeps } from './deps.ts';

/** So many orders are changed at once: enough to share appends, too few to keep others waiting. */
const AT_ONCE = 8;

type Asked = Pick<RequestFacts, 'path' | 'requestId' | 'toProblem'>;

/** What a change leads to for one order. */
export type ChangeOne = (id: string) => Promise<OrderOutcome>;

type Done = { readonly result: BulkResult; readonly position: Position };

const change = async (deps: OrderDeps, name: string, changeOne: ChangeOne): Promise<Done> => {
  const id = await resolveId(name, deps.findOrderIdByNumber);
  if (id === undefined) throw notFound('order');
  const outcome = await changeOne(id);
  if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
  const { state, position } = outcome;
  return { result: { id: name, ok: true, ...(state.status !== 'none' && { status: state.status }) }, position };
};

/**
 * Changes many orders, each for itself. The command id is the request's, so that a repeated request finds in each stream
 * what it did there before. What fails for want of the store or the database fails the whole request, to be repeated.
 */
export const bulkReply = async (
  deps: OrderDeps,
  { names, changeOne }: { readonly names: readonly string[]; readonly changeOne: ChangeOne },
  { path, requestId, toProblem }: Asked,
): Promise<Reply> => {
  const done = await mapAtMost(AT_ONCE, names, async (name): Promise<Done> => {
    try {
      return await change(deps, name, changeOne);
    } catch (error) {
      const { parts } = toProblem(error);
      if (parts.status >= 500) throw error;
      const problem = problemBody(parts, { instance: path, requestId });
      return { result: { id: name, ok: false, problem }, position: 0n };
    }
  });
  const position = done.reduce((last, { position: own }) => (own > last ? own : last), 0n);
  return {
    status: 200,
    body: { results: done.map(({ result }) => result) },
    ...(position > 0n && { position }),
    keepsBody: true,
  };
};
