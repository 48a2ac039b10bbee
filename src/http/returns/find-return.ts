import type { AsOf } from '../../commands/index.ts';
import {
  returnMoney,
  valueOfReturn,
  type Order,
  type ReturnMoney,
  type ReturnWorth,
} from '../../domain/order/index.ts';
import { isInitiated, returnFold, reviewTermsOf, type Return } from '../../domain/return/index.ts';
import { canAccess } from '../../domain/shared/access.ts';
import type { Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { returnStream } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { readOrder } from '../orders/find-order.ts';
import { resolveId } from '../server/resolve-id.ts';
import type { Loading, RequestFacts } from '../server/route.ts';
import type { ReturnDeps } from './deps.ts';

/** A return, and what its order says of its money. */
export type NamedReturn = {
  readonly id: string;
  readonly one: Return;
  readonly money: ReturnMoney;
  /** What goes back at most, as the order stands now; once it is settled what was settled. */
  readonly expected: ReturnWorth;
};

/** What a return was settled at; undefined before. */
export const settledWorth = ({ settled_amount: amount, settled_items: items }: ReturnMoney): ReturnWorth | undefined =>
  amount === null ? undefined : { amount, items: items ?? [] };

/** A return with what its order says of its money. */
export const withMoney = (id: string, one: Return, order: Order): NamedReturn => {
  const money = returnMoney(order, id);
  return { id, one, money, expected: valueOfReturn(order, id, reviewTermsOf(one)) };
};

export type FoundReturn = NamedReturn & {
  readonly order: Order;
  readonly stream: string;
  readonly revision: Revision;
  /** The newest event that it shows. */
  readonly last: Recorded;
  /** From the first one. */
  readonly events: () => Promise<readonly Recorded[]>;
};

type Reading = Pick<ReturnDeps, 'readStream'>;

/** The order of a return, as it is or as it was. */
export const orderOf = async ({ readStream }: Reading, { order_id }: Return, asOf?: AsOf): Promise<Order> => {
  const found = await readOrder(readStream, order_id, asOf);
  if (found === undefined) throw new Error(`a return names order ${order_id}, which does not fold`);
  return found.order;
};

/**
 * Folds a return's stream. As it was, its order is as of the same moment, and has at least the events that the return's
 * followed.
 */
export const readReturn = async (deps: Reading, id: string, asOf?: AsOf): Promise<FoundReturn | undefined> => {
  const stream = returnStream(id);
  const found = await deps.readStream(returnFold, stream, asOf);
  if (found === undefined || !isInitiated(found.state)) return undefined;
  const { state: one, revision, position, last, events } = found;
  const at = asOf !== undefined && 'at' in asOf ? asOf.at : last.fact.at;
  const order = await orderOf(deps, one, asOf && { at, past: position });
  return { ...withMoney(id, one, order), stream, revision, last, events, order };
};

/** What it takes to find a return by its name. */
export type FindReturnDeps = Reading & Pick<ReturnDeps, 'findReturnIdByNumber'>;

/** The return behind a UUID or a number, if this caller may see it. */
export const findReturn = async (
  deps: FindReturnDeps,
  caller: Pick<Caller, 'id' | 'role'>,
  idOrNumber: string,
): Promise<FoundReturn | undefined> => {
  const id = await resolveId(idOrNumber, deps.findReturnIdByNumber);
  const found = id === undefined ? undefined : await readReturn(deps, id);
  return found !== undefined && canAccess(caller, found.one) ? found : undefined;
};

/** Finds the return that a path parameter names. */
export const loadReturn =
  (deps: FindReturnDeps, parameter = 'id') =>
  ({ caller, params }: Loading): Promise<FoundReturn | undefined> =>
    findReturn(deps, caller, params[parameter] ?? '');

export const currencyOfReturn = ({ one }: FoundReturn): string => one.currency;

export type OnReturn = Pick<RequestFacts, 'context' | 'repeatable' | 'expected'> & { readonly subject: FoundReturn };

/** The return that a command changes, and the revision that the client expects. */
export const returnTarget = ({ context, repeatable, expected, subject }: OnReturn) => ({
  context,
  repeatable,
  expected,
  id: subject.id,
});
