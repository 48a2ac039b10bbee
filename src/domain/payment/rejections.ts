import type { Decision } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';
import type { PaymentEvent } from './events.ts';
import type { PaymentStatus } from './transitions.ts';

type WithStatus = { readonly current_status: PaymentStatus };

export type PaymentRejection =
  | { readonly rejected: 'payment.not_found' | 'payment.invalid_amount' }
  | ({ readonly rejected: 'payment.invalid_transition' | `payment.already_${PaymentStatus}` } & WithStatus)
  | ({
      readonly rejected:
        | 'payment.not_refundable'
        | 'payment.action_not_permitted'
        | 'payment.outcome_known'
        | 'payment.settles_itself';
    } & WithStatus)
  | { readonly rejected: 'payment.too_many_changes'; readonly changes: number }
  | { readonly rejected: 'payment.exceeds_total'; readonly total: Minor }
  | { readonly rejected: 'payment.wrong_currency'; readonly currency: Currency }
  | { readonly rejected: 'refund.nothing_refundable' | 'refund.not_found' }
  | { readonly rejected: 'refund.exceeds_refundable'; readonly requested: Minor; readonly refundable: Minor };

export type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;
