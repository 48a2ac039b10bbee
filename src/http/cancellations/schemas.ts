import { Type } from '@sinclair/typebox';
import { MAX_LINES, MAX_QUANTITY } from '../../domain/order/index.ts';
import { reasonCategory } from '../refunds/schemas.ts';
import { integer, optionalNullable, strictObject, text } from '../server/schemas/fields.ts';

const item = strictObject(
  {
    order_item_id: text({ min: 1, max: 255, description: 'Id of the item in the order.' }),
    quantity: integer(1, MAX_QUANTITY, { description: 'Number of units; at most as many as are left to ship.' }),
  },
  { component: 'CancelItem' },
);

export const cancelItemsBody = strictObject(
  {
    items: Type.Array(item, { minItems: 1, maxItems: MAX_LINES }),
    reason_category: reasonCategory(),
    note: optionalNullable(text({ min: 1, max: 500, description: 'For staff: the customer never sees it.' })),
  },
  { component: 'CancelItemsRequest' },
);
