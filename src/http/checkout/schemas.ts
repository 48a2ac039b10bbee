import { type Static, Type } from '@sinclair/typebox';
import { MAX_LINES, MAX_QUANTITY } from '../../domain/order/index.ts';
import { amount, integer, optionalText, reference, strictObject, text } from '../server/schemas/fields.ts';
import { placeOrderBody } from '../orders/request-schemas.ts';
import { maybe, shape, time, uuid } from '../server/schemas/response-parts.ts';

/** Who, where to and when: what an order needs besides its lines. */
export const sellBody = Type.Pick(
  placeOrderBody,
  [
    'customer_email',
    'customer_name',
    'locale',
    'shipping_address',
    'billing_address',
    'notes',
    'meta_data',
    'payment_method',
    'delivery_latitude',
    'delivery_longitude',
    'scheduled_for',
  ],
  { additionalProperties: false, component: 'DeliveryRequest' },
);
export type SellBody = Static<typeof sellBody>;

const templateItem = strictObject(
  {
    product_id: reference({ description: 'Id of the product in your catalogue.', example: 'mug-blue' }),
    quantity: integer(1, MAX_QUANTITY, { example: 2 }),
    product_name: optionalText({ max: 200, example: 'Blue mug' }),
    unit_price: Type.Optional(amount({ positive: true, description: 'Used when there is no catalogue.' })),
  },
  { component: 'TemplateItemRequest' },
);

export const templateBody = strictObject(
  {
    name: text({ min: 1, max: 100, example: 'Every Monday' }),
    items: Type.Array(templateItem, { minItems: 1, maxItems: MAX_LINES }),
  },
  { component: 'TemplateRequest' },
);

export const templateResponse = shape(
  {
    id: uuid(),
    name: Type.String(),
    currency: Type.String(),
    items: Type.Array(
      shape({
        product_id: Type.String(),
        quantity: Type.Integer(),
        product_name: maybe.text(),
        unit_price: maybe.number(),
      }),
    ),
    created_at: time(),
  },
  'Template',
);
