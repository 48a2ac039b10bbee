import type { StoreCreditEvent } from '../../domain/store-credit/index.ts';
import { schemasOf } from './event-schema.ts';
import { currency, minor, nullable, object, personalNote, reasonCategory, text, uuid, words } from './shapes.ts';

const entry = object({
  customer_id: text,
  currency,
  entry_id: uuid,
  amount: minor,
  kind: words(['return', 'refund', 'payment', 'adjustment']),
  order_id: nullable(uuid),
  return_id: nullable(uuid),
  reason_category: nullable(reasonCategory),
  personal: personalNote,
});

/** Events of `store_credit-<uuid>`. */
export const storeCreditSchemas = schemasOf<StoreCreditEvent>()({
  StoreCreditGiven: { version: 1, data: entry },
  StoreCreditSpent: { version: 1, data: entry },
});
