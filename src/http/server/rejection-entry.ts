import type { OrderRejection } from '../../domain/order/index.ts';
import type { PaymentRejection } from '../../domain/payment/index.ts';
import type { ReturnRejection } from '../../domain/return/index.ts';
import type { StoreCreditRejection } from '../../domain/store-credit/index.ts';
import type { CatalogueRejection } from '../../domain/catalogue/index.ts';
import type { FieldError } from './problem.ts';

/** Every rejection that a rule can answer. */
export type AnyRejection =
  | OrderRejection
  | PaymentRejection
  | ReturnRejection
  | StoreCreditRejection
  | CatalogueRejection;
export type Code = AnyRejection['rejected'];
/** The member of the union that a code belongs to; several codes may share one. */
export type Of<C extends Code> = AnyRejection extends infer R
  ? R extends AnyRejection
    ? C extends R['rejected']
      ? R
      : never
    : never
  : never;

export type Entry<C extends Code> = {
  readonly status: 403 | 404 | 409 | 422;
  readonly title: string;
  /** The error, and how to correct it. */
  readonly sentence: (rejection: Of<C>) => string;
  /** The field of the request that is wrong. */
  readonly field?: (rejection: Of<C>) => FieldError;
  /** The same where several can be. */
  readonly fields?: (rejection: Of<C>) => readonly FieldError[];
};

/** A line of the table for each of these codes: the compiler demands every one. */
export type Entries<C extends Code> = { readonly [K in C]: Entry<K> };

type ActionContext = { readonly current_status: string; readonly allowed_actions: readonly string[] };

/** The actions that are possible in place of the rejected one. */
export const instead = ({ allowed_actions }: ActionContext): string =>
  allowed_actions.length === 0 ? 'No action is possible for you now.' : `Possible now: ${allowed_actions.join(', ')}.`;

export type { ActionContext };
