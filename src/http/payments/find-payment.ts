import { isPayment, paymentFold, type Payment } from '../../domain/payment/index.ts';
import type { AsOf } from '../../commands/index.ts';
import { canAccess } from '../../domain/shared/access.ts';
import type { Position, Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { paymentStream } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { resolveId } from '../server/resolve-id.ts';
import type { Loading, RequestFacts } from '../server/route.ts';
import type { PaymentDeps } from './deps.ts';

export type NamedPayment = { readonly id: string; readonly payment: Payment };

export type FoundPayment = NamedPayment & {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  /** The newest event that it shows. */
  readonly last: Recorded;
  /** From the first one. */
  readonly events: () => Promise<readonly Recorded[]>;
};

/** Folds a payment's stream, as it is or as it was. */
export const readPayment = async (
  { readStream }: Pick<PaymentDeps, 'readStream'>,
  id: string,
  asOf?: AsOf,
): Promise<FoundPayment | undefined> => {
  const stream = paymentStream(id);
  const found = await readStream(paymentFold, stream, asOf);
  return found !== undefined && isPayment(found.state) ? { ...found, id, stream, payment: found.state } : undefined;
};

/** The payment behind a UUID or a number, if this caller may see it. */
export const findPayment = async (
  deps: Pick<PaymentDeps, 'readStream' | 'findPaymentIdByNumber'>,
  caller: Pick<Caller, 'id' | 'role'>,
  idOrNumber: string,
): Promise<FoundPayment | undefined> => {
  const id = await resolveId(idOrNumber, deps.findPaymentIdByNumber);
  const found = id === undefined ? undefined : await readPayment(deps, id);
  return found !== undefined && canAccess(caller, found.payment) ? found : undefined;
};

/** Finds the payment that the path names. */
export const loadPayment =
  (deps: Pick<PaymentDeps, 'readStream' | 'findPaymentIdByNumber'>) =>
  ({ caller, params }: Loading): Promise<FoundPayment | undefined> =>
    findPayment(deps, caller, params['id'] ?? '');

export const currencyOfPayment = ({ payment }: FoundPayment): string => payment.currency;

type OnPayment = Pick<RequestFacts, 'context' | 'repeatable' | 'expected'> & { readonly subject: FoundPayment };

/** The payment that a command changes, and the revision that the client expects. */
export const paymentTarget = ({ context, repeatable, expected, subject }: OnPayment) => ({
  context,
  repeatable,
  expected,
  id: subject.id,
});
