import { Type } from '@sinclair/typebox';
import type { Caller } from '../server/caller.ts';
import { findPayment, type FoundPayment } from './find-payment.ts';
import type { PaymentDeps } from './payment-deps.ts';
import type { InputOf, Loading, RouteSpec } from '../server/route.ts';
import { strictObject } from '../server/schemas/fields.ts';

export const TAG = 'Payments';

export const paymentParams = strictObject({
  id: Type.String({ description: 'UUID or payment number.', example: 'PAY-2026-000001' }),
});

/** Finds the payment of the path; 404 when it is not there, or not this caller's. */
export const loadPayment =
  (deps: PaymentDeps) =>
  ({ caller, params }: Loading): Promise<FoundPayment | undefined> =>
    findPayment(deps, caller, params['id'] ?? '');

export const currencyOfPayment = ({ payment }: FoundPayment): string => payment.currency;

type OnPayment = Pick<InputOf<RouteSpec>, 'context' | 'repeatable' | 'expected'> & {
  readonly subject: FoundPayment;
  readonly caller: Caller;
};

/** Which payment a command is for, by whom, and at which revision they insist. */
export const paymentTarget = ({ context, repeatable, expected, subject }: OnPayment) => ({
  context,
  repeatable,
  expected,
  id: subject.id,
});
