import type { DomainEvent } from '../../domain/events.ts';
import { auditSchemas } from './audit.ts';
import { documentSchemas } from './document.ts';
import type { EventSchema } from './event-schema.ts';
import { orderSchemas } from './order.ts';
import { paymentSchemas } from './payment.ts';
import { returnSchemas } from './return.ts';
import { storeCreditSchemas } from './store-credit.ts';

export type { EventSchema } from './event-schema.ts';
export { orderSchemas } from './order.ts';
export { paymentSchemas } from './payment.ts';
export { returnSchemas } from './return.ts';

/** One schema for each type of event. */
export const eventSchemas: Readonly<Record<string, EventSchema>> = {
  ...orderSchemas,
  ...returnSchemas,
  ...paymentSchemas,
  ...storeCreditSchemas,
  ...documentSchemas,
  ...auditSchemas,
} satisfies Readonly<Record<DomainEvent['type'], EventSchema>>;
