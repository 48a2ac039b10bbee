import { onOrder } from '../orders/routes.ts';
import { defineSpecs } from '../server/spec.ts';
import { positionResponse, reportPositionBody } from './schemas.ts';

const example = { latitude: 37.9755, longitude: 23.7348 };
const answer = (description: string) => ({
  200: { description, body: positionResponse, example: { ...example, last_updated: '2026-03-01T12:20:00.000Z' } },
});

export const deliverySpecs = defineSpecs({
  reportPosition: {
    ...onOrder,
    methods: ['PUT'],
    path: '/orders/:id/delivery-location',
    summary: 'Report your position',
    description:
      'Positions are accepted while the order is shipped or out for delivery. A position older than the newest known one changes nothing.',
    permission: { delivery_partner: 'assigned' },
    body: reportPositionBody,
    example,
    answers: answer('The newest position.'),
  },
  getDeliveryLocation: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id/delivery-location',
    summary: 'Get the position of a delivery',
    description:
      'Shows the newest position that the courier reported; 404 before the first. Positions are kept for a day.',
    permission: { customer: 'own', delivery_partner: 'assigned', admin: 'any' },
    answers: answer('The newest position.'),
  },
});
