import { type Static, Type } from '@sinclair/typebox';
import {
  MAX_LINES,
  MAX_QUANTITY,
  REASON_CATEGORIES,
  REFUND_METHODS,
  refundMethodOf,
  RESOLUTIONS,
  type ReasonCategory,
  type Resolution,
} from '../../domain/order/index.ts';
import { amount, integer, optionalNullable, optionalText, strictObject, text, word } from '../server/schemas/fields.ts';
import { money, shape } from '../server/schemas/response-parts.ts';

export const reasonCategory = () =>
  Type.Unsafe<ReasonCategory>({
    type: 'string',
    enum: [...REASON_CATEGORIES],
    description: 'Why. Customers may see it.',
    example: 'damaged',
  });

/** A way for money to go back, in any letter case, with spaces or hyphens for underscores. */
export const refundMethod = (description: string) =>
  word((name) => refundMethodOf(name) !== undefined, REFUND_METHODS, { description, example: 'original_payment' });

/** What staff say to it, for staff alone. */
const note = () => optionalText({ max: 500, description: 'For staff: the customer never sees it.' });

const item = strictObject(
  {
    order_item_id: text({ min: 1, max: 255, description: 'Id of the item in the order.' }),
    quantity: Type.Optional(integer(1, MAX_QUANTITY, { description: 'Number of units, at their share of the line.' })),
    amount: Type.Optional(
      amount({
        positive: true,
        description: 'Amount of the line. Default: the share of `quantity`, or the whole line.',
      }),
    ),
  },
  { component: 'RefundItem' },
);

export const refundOrderBody = strictObject(
  {
    items: Type.Optional(Type.Array(item, { minItems: 1, maxItems: MAX_LINES })),
    shipping: Type.Optional(amount({ positive: false, description: 'Amount of the shipping cost.' })),
    goodwill: Type.Optional(amount({ positive: false, description: 'Amount that belongs to no item.' })),
    reason_category: reasonCategory(),
    note: note(),
    restock: Type.Optional(
      Type.Boolean({ description: 'Whether the units, which must have left, are put back into stock. Default false.' }),
    ),
    method: Type.Optional(refundMethod('How the money is refunded. Default original_payment.')),
  },
  { component: 'RefundOrderRequest' },
);

export type RefundOrderBody = Static<typeof refundOrderBody>;

export const resolveRefundBody = strictObject(
  {
    method: Type.Unsafe<Resolution>({
      type: 'string',
      enum: [...RESOLUTIONS],
      description:
        '`retry` asks the gateway again; `other_payment` refunds another payment. `bank_transfer` and `cash` record that ' +
        'staff paid it out. `store_credit` refunds it as store credit. `withdraw` cancels it when nothing is overpaid.',
    }),
    payment_id: optionalNullable(
      text({ min: 1, max: 255, description: 'With other_payment: UUID or number of the payment.' }),
    ),
    note: note(),
  },
  { component: 'ResolveRefundRequest' },
);

export const reconciliationResponse = shape(
  {
    invoiced: Type.Number({ description: 'Sum of the invoices.' }),
    credited_by_documents: Type.Number({ description: 'Sum of the credit memos.' }),
    uninvoiced: Type.Number({ description: 'Owed amount that is not invoiced yet.' }),
    owed: Type.Number({ description: 'Total less credits; 0 for an order cancelled before anything left.' }),
    captured: money(),
    refunded: Type.Number({ description: 'All completed or resolved refunds.' }),
    in_flight: Type.Number({ description: 'Refunds in progress.' }),
    failed: Type.Number({ description: 'Refunds that failed and that staff must resolve.' }),
    amount_due: money(),
    overpaid: money(),
    agrees: Type.Boolean({
      description:
        'invoiced − credited_by_documents + uninvoiced = owed, and owed − (captured − refunded − in_flight) = amount_due − overpaid.',
    }),
  },
  'Reconciliation',
);
