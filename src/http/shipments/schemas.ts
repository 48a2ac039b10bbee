import { Type } from '@sinclair/typebox';
import { MAX_LINES, MAX_QUANTITY, SHIPMENT_ACTIONS, SHIPMENT_RESOLUTIONS } from '../../domain/order/index.ts';
import { trackingUrl } from '../orders/request-schemas.ts';
import { words } from '../server/schemas/response-parts.ts';
import { integer, optionalNullable, optionalText, strictObject, text } from '../server/schemas/fields.ts';

const tracking = {
  carrier: optionalText({ max: 100, example: 'DHL' }),
  tracking_number: optionalText({ max: 100, example: '00340434161094021501' }),
  tracking_url: optionalNullable(trackingUrl()),
};

export const shipItemsBody = strictObject(
  {
    items: Type.Optional(
      Type.Array(
        strictObject({
          order_item_id: text({ min: 1, max: 255, description: 'Id of the item in the order.' }),
          quantity: integer(1, MAX_QUANTITY, { description: 'Units that leave.', example: 1 }),
        }),
        { minItems: 1, maxItems: MAX_LINES, description: 'Default: everything that is left.' },
      ),
    ),
    ...tracking,
    notes: optionalText({ max: 2000, description: 'For staff: it is in the audit trail.' }),
  },
  { component: 'ShipItemsRequest' },
);

export const changeShipmentBody = strictObject(tracking, { component: 'ChangeShipmentRequest', minProperties: 1 });

export const shipmentStateBody = strictObject(
  {
    action: words(SHIPMENT_ACTIONS),
    resolution: Type.Optional(
      words(
        SHIPMENT_RESOLUTIONS,
        'With lost and returned_to_sender: `refund` credits the units and refunds what was paid for them, `resend` leaves them to be shipped again. Without it the order waits for one (`needs=resolution`).',
      ),
    ),
    restocked: Type.Optional(
      Type.Array(
        strictObject({
          order_item_id: text({ min: 1, max: 255, description: 'Id of the item in the order.' }),
          quantity: integer(1, MAX_QUANTITY, { description: 'Units that are in stock again.', example: 1 }),
        }),
        {
          maxItems: MAX_LINES,
          description: 'With a resolution of returned_to_sender: what is in stock again. Default: all of the shipment.',
        },
      ),
    ),
    note: optionalNullable(text({ min: 1, max: 2000, description: 'For staff: it is in the audit trail.' })),
  },
  { component: 'ShipmentStateRequest' },
);
