import type { AuditEvent } from './audit/index.ts';
import type { DocumentEvent, SeriesEvent } from './document/index.ts';
import type { OrderEvent } from './order/index.ts';
import type { PaymentEvent } from './payment/index.ts';
import type { ReturnEvent } from './return/index.ts';
import type { StoreCreditEvent } from './store-credit/index.ts';

/** Every event type. */
export type DomainEvent =
  | OrderEvent
  | ReturnEvent
  | PaymentEvent
  | StoreCreditEvent
  | DocumentEvent
  | SeriesEvent
  | AuditEvent;
