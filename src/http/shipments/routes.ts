import { Type } from '@sinclair/typebox';
import { orderExample, shippedPartExample } from '../orders/examples.ts';
import { onOrder } from '../orders/routes.ts';
import { orderResponse } from '../orders/response-schemas.ts';
import { orderParams } from '../orders/request-schemas.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { defineSpecs } from '../server/spec.ts';
import { changeShipmentBody, shipItemsBody, shipmentStateBody } from './schemas.ts';

const shipmentParams = strictObject({
  ...orderParams.properties,
  shipment_id: Type.String({ description: 'Id of the shipment, as the order lists it.' }),
});

const shipping = { ...onOrder, permission: { admin: 'any' }, conditional: true } as const;
const answered = {
  200: { description: 'The order with its shipments.', body: orderResponse, example: shippedPartExample },
} as const;

/** Parcels: what leaves, where it is, and what becomes of one that does not arrive. */
export const shipmentSpecs = defineSpecs({
  shipItems: {
    ...shipping,
    methods: ['POST'],
    path: '/orders/:id/shipments',
    summary: 'Ship units of an order',
    description:
      'Ships some units, or everything that is left. Each unit leaves once: if more is asked for than is left, the answer is 409 with `left` for each item.',
    body: shipItemsBody,
    bodyOptional: true,
    example: {
      items: [{ order_item_id: orderExample.items[0]?.id, quantity: 1 }],
      carrier: 'DHL',
      tracking_number: '00340434161094021501',
      tracking_url: 'https://track.example/00340434161094021501',
    },
    answers: {
      201: { description: 'The order with its shipments.', body: orderResponse, example: shippedPartExample },
    },
  },
  changeShipment: {
    ...shipping,
    methods: ['PATCH'],
    path: '/orders/:id/shipments/:shipment_id',
    params: shipmentParams,
    summary: 'Correct carrier and tracking of a shipment',
    description: 'Possible at any time. Fields that are left out keep their values; null removes one.',
    body: changeShipmentBody,
    example: { tracking_number: '00340434161094021502' },
    answers: answered,
  },
  changeShipmentState: {
    ...shipping,
    methods: ['POST'],
    path: '/orders/:id/shipments/:shipment_id/state',
    params: shipmentParams,
    summary: 'Move a shipment',
    description:
      'One that is lost or returned_to_sender ends with a resolution: sent along, or sent again later with the same action. The status of the order follows from its shipments.',
    body: shipmentStateBody,
    example: { action: 'lost', resolution: 'resend', note: 'Carrier confirmed the loss' },
    answers: answered,
  },
});
