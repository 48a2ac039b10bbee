import type { JsonValue } from '../../event-store/port.ts';
import { Problem } from './problem.ts';
import type { AnyRejection, Code, Entries, Entry } from './rejection-entry.ts';
import { catalogueRejections } from '../checkout/rejections.ts';
import { closingRejections, orderRejections } from '../orders/rejections.ts';
import { paymentRejections } from '../payments/rejections.ts';
import { returnRejections } from '../returns/rejections.ts';
import { shipmentRejections } from '../shipments/rejections.ts';
import { storeCreditRejections } from '../store-credit/rejections.ts';

/** The one table from a rule's rejection to its HTTP answer; the compiler demands a line for each. */
const TABLE: Entries<Code> = {
  ...orderRejections,
  ...closingRejections,
  ...paymentRejections,
  ...returnRejections,
  ...shipmentRejections,
  ...storeCreditRejections,
  ...catalogueRejections,
};

/** Facts of a rejection that a caller can act on and may see. */
const FACTS = ['current_status', 'shipment_status', 'allowed_actions', 'known_actions', 'left'] as const;

const factsOf = (rejection: AnyRejection): { readonly [name: string]: JsonValue } =>
  Object.fromEntries(Object.entries(rejection).filter(([name]) => (FACTS as readonly string[]).includes(name)));

/** A rule's rejection as an HTTP problem. */
export const rejectionProblem = (rejection: AnyRejection): Problem => {
  // The entry under a rejection's own code takes exactly that rejection.
  const { status, title, sentence, field, fields } = TABLE[rejection.rejected] as unknown as Entry<never>;
  const of = rejection as never;
  return new Problem({
    status,
    title,
    code: rejection.rejected,
    detail: sentence(of),
    facts: factsOf(rejection),
    ...(field && { errors: [field(of)] }),
    ...(fields && { errors: fields(of) }),
  });
};

/** Status and title of every rejection, for the documentation. */
export const REJECTIONS: readonly { readonly code: string; readonly status: number; readonly title: string }[] =
  Object.entries(TABLE).map(([code, { status, title }]) => ({ code, status, title }));
