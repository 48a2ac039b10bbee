import type { Minor } from '../shared/money.ts';

/**
 * Whether a credit needs a credit memo: if it credits something invoiced, even if no money is refunded. A credit of 0
 * needs none.
 */
export const needsCreditMemo = ({
  amount,
  invoiced,
}: {
  readonly amount: Minor;
  readonly invoiced: boolean;
}): boolean => invoiced && amount > 0;
