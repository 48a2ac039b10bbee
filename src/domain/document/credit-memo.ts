import type { Minor } from '../shared/money.ts';

/**
 * Whether a credit needs a credit memo: when it takes something back that is invoiced, whatever becomes of the money.
 * There is none over 0.
 */
export const needsCreditMemo = ({
  amount,
  invoiced,
}: {
  readonly amount: Minor;
  readonly invoiced: boolean;
}): boolean => invoiced && amount > 0;
