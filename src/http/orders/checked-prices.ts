import type { PricedLine } from '../../domain/catalogue/index.ts';
import type { Currency } from '../../domain/shared/money.ts';
import type { Trace } from '../../platform/trace.ts';
import type { Caller } from '../server/caller.ts';
import { rejectionProblem } from '../server/rejections/refusal.ts';
import type { OrderDeps } from './order-deps.ts';

type Asked = {
  readonly caller: Caller;
  readonly currency: Currency;
  readonly trace: Trace;
  /** Whether this very request was carried out before: then today's prices are none of its business. */
  readonly isDone?: () => Promise<boolean>;
};

/** What a customer wants to pay is held against the catalogue, where the shop says so; staff may agree on any price. */
export const checkedPrices = async (
  { cataloguePrices }: Pick<OrderDeps, 'cataloguePrices'>,
  lines: readonly PricedLine[],
  { caller, isDone, ...how }: Asked,
): Promise<{ readonly takes_stock?: true }> => {
  if (caller.role !== 'customer') return {};
  const checked = await cataloguePrices(lines, how);
  if (!('rejected' in checked)) return checked;
  if ((await isDone?.()) === true) return {};
  throw rejectionProblem(checked);
};
