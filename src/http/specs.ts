import { adminSpecs } from './admin/routes.ts';
import { analyticsSpecs } from './analytics/routes.ts';
import { cancellationSpecs } from './cancellations/routes.ts';
import { checkoutSpecs } from './checkout/routes.ts';
import { customerSpecs } from './customers/routes.ts';
import { deliverySpecs } from './delivery/routes.ts';
import { deviceSpecs } from './devices/routes.ts';
import { explainSpecs } from './explain/routes.ts';
import { exportSpecs } from './exports/routes.ts';
import { feedSpecs } from './feed/routes.ts';
import { feedbackSpecs } from './feedback/routes.ts';
import { holdSpecs } from './holds/routes.ts';
import { invoiceSpecs } from './invoices/routes.ts';
import { logSpecs } from './log/routes.ts';
import { messageSpecs } from './messages/routes.ts';
import { noteSpecs } from './notes/routes.ts';
import { operationsSpecs } from './operations/routes.ts';
import { orderSpecs } from './orders/routes.ts';
import { paymentSpecs } from './payments/routes.ts';
import { refundSpecs } from './refunds/routes.ts';
import { returnSpecs } from './returns/routes.ts';
import { sandboxSpecs } from './sandbox/routes.ts';
import { privacySpecs } from './privacy/routes.ts';
import type { RouteSpec, SpecTable } from './server/spec.ts';
import { shipmentSpecs } from './shipments/routes.ts';
import { storeCreditSpecs } from './store-credit/routes.ts';
import { timelineSpecs } from './timeline/routes.ts';
import { trackingSpecs } from './tracking/routes.ts';
import { webhookSpecs } from './webhooks/routes.ts';

/** Every operation by resource, in the order of the documentation. Reading it builds nothing. */
export const RESOURCES = {
  checkout: checkoutSpecs,
  orders: orderSpecs,
  delivery: deliverySpecs,
  tracking: trackingSpecs,
  holds: holdSpecs,
  shipments: shipmentSpecs,
  cancellations: cancellationSpecs,
  feedback: feedbackSpecs,
  devices: deviceSpecs,
  refunds: refundSpecs,
  returns: returnSpecs,
  payments: paymentSpecs,
  storeCredit: storeCreditSpecs,
  notes: noteSpecs,
  invoices: invoiceSpecs,
  customers: customerSpecs,
  analytics: analyticsSpecs,
  timeline: timelineSpecs,
  exports: exportSpecs,
  explain: explainSpecs,
  feed: feedSpecs,
  webhooks: webhookSpecs,
  log: logSpecs,
  admin: adminSpecs,
  privacy: privacySpecs,
  messages: messageSpecs,
  sandbox: sandboxSpecs,
  operations: operationsSpecs,
} as const;

export const SPECS: readonly RouteSpec[] = Object.values<SpecTable>(RESOURCES).flatMap((specs) => Object.values(specs));
