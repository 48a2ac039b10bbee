import type { DocumentEvent, SeriesEvent } from './document/events.ts';
import type { OrderEvent } from './order/events.ts';

/** Every event there is. */
export type DomainEvent = OrderEvent | DocumentEvent | SeriesEvent;
