import { match } from 'ts-pattern';
import {
  refundedOfReturn,
  returnMoney,
  termsOfRefunds,
  termsOfReturn,
  valueOfReturn,
  type Order,
} from '../order/index.ts';
import type { Explanation } from '../shared/explanation.ts';
import { reviewTermsOf } from './review.ts';
import type { Return } from './state.ts';

/** The amounts of a return that can be explained. */
export const EXPLAINED_OF_RETURN = ['refund_amount', 'refunded_amount', 'restocking_fee'] as const;

export type Explainable = {
  readonly id: string;
  readonly one: Pick<Return, 'review' | 'restocking_fee'>;
  readonly order: Order;
};

/** The terms of an amount of a return, from its own state and that of its order. Undefined: there is no such amount. */
export const explainReturn = ({ id, one, order }: Explainable, field: string): Explanation | undefined => {
  const name = EXPLAINED_OF_RETURN.find((known) => known === field);
  if (name === undefined) return undefined;
  const rule = 'How much is refunded';
  const money = returnMoney(order, id);
  return match(name)
    .returnType<Explanation>()
    .with('refund_amount', () => {
      const value = valueOfReturn(order, id, reviewTermsOf(one));
      return { amount: value.amount, rule, terms: termsOfReturn(order, value) };
    })
    .with('refunded_amount', () => ({ amount: refundedOfReturn(money), rule, terms: termsOfRefunds(money.refunds) }))
    .with('restocking_fee', () => {
      const amount = money.settled_fee ?? one.restocking_fee;
      return {
        amount,
        rule,
        terms: [{ key: 'fee', label: 'Restocking fee, at most the value that it is taken from', amount }],
      };
    })
    .exhaustive();
};
