import type { DocumentEvent, SeriesEvent } from './document/events.ts';
import type { OrderEvent } from './order/events.ts';
import type { PaymentEvent } from './payment/events.ts';
import type { ReturnEvent } from './return/events.ts';

/** Every event there is. */
export type DomainEvent = OrderEvent | ReturnEvent | PaymentEvent | DocumentEvent | SeriesEvent;
