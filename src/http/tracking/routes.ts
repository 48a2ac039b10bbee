import { onOrder } from '../orders/routes.ts';
import { defineSpecs } from '../server/spec.ts';

export const trackingSpecs = defineSpecs({
  trackOrder: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id/tracking-stream',
    summary: 'Track an order live',
    description:
      'Sends Server-Sent Events: `status` {status, at, shipments}, `position` {latitude, longitude, last_updated}, `eta` {estimated_delivery_at}. `shipments` are all parcels, each with id, status, carrier, tracking_number and tracking_url; it is left out while there is none, and every change of a parcel is a `status`. The stream begins with the current status and goes on with every later event; a comment every 15 s keeps it alive. It ends when the order is delivered, returned or cancelled, and when the token expires; Last-Event-ID resumes it; where nothing is left to send, the answer is 204 and the client need not come back.',
    permission: { customer: 'own', delivery_partner: 'assigned', admin: 'any' },
    live: true,
    answers: {
      200: { description: 'Events as they happen.', contentType: 'text/event-stream' },
      204: { description: 'The delivery is over and all its events were sent.' },
    },
  },
});
