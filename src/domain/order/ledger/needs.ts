import { isPaidByPeople } from '../refunds/methods.ts';
import type { Order } from '../state.ts';

/** What staff are waited for. `resolution`: a refund failed. `payout`: a refund that people pay out. */
export const ORDER_NEEDS = ['resolution', 'payout'] as const;
export type OrderNeed = (typeof ORDER_NEEDS)[number];

export const needsOf = ({ refunds }: Pick<Order, 'refunds'>): readonly OrderNeed[] => {
  const hasFailed = refunds.some(({ status }) => status === 'failed');
  const hasPayout = refunds.some(({ status, method }) => status === 'pending' && isPaidByPeople(method));
  return [...(hasFailed ? (['resolution'] as const) : []), ...(hasPayout ? (['payout'] as const) : [])];
};
