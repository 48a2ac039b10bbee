import { match } from 'ts-pattern';
import { sum, type Minor } from '../../shared/money.ts';
import type { OrderEvent } from '../vocabulary/events.ts';
import { isPaidByPeople } from '../vocabulary/refund-methods.ts';

export type Moved = { readonly captured: Minor; readonly refunded: Minor };

const NOTHING: Moved = { captured: 0, refunded: 0 };

/**
 * The money that one event says has moved. Over all events of an order this is what its ledger says was captured and
 * refunded: money that has moved stays moved.
 */
export const movedBy = (event: OrderEvent): Moved =>
  match(event)
    .returnType<Moved>()
    .with({ type: 'PaymentCaptured' }, ({ data }) => ({ captured: data.amount, refunded: 0 }))
    .with({ type: 'PaymentRefunded' }, { type: 'RefundResolved' }, ({ data }) => ({
      captured: 0,
      refunded: data.amount,
    }))
    .with({ type: 'RefundAllocated', data: { paid_out: true } }, ({ data: { refunds } }) => ({
      captured: 0,
      refunded: sum(refunds.filter(({ method }) => isPaidByPeople(method)).map(({ amount }) => amount)),
    }))
    .otherwise(() => NOTHING);
