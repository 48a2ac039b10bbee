import { catalogueRejections } from './checkout/rejections.ts';
import { feedbackRejections } from './feedback/rejections.ts';
import { orderRejections } from './orders/rejections.ts';
import { paymentRejections } from './payments/rejections.ts';
import { returnRejections } from './returns/rejections.ts';
import type { Code, Entries } from './server/rejection-entry.ts';
import { shipmentRejections } from './shipments/rejections.ts';
import { storeCreditRejections } from './store-credit/rejections.ts';

/** The one table from a rule's rejection to its HTTP answer; the compiler demands a line for each. */
export const REJECTIONS: Entries<Code> = {
  ...orderRejections,
  ...feedbackRejections,
  ...paymentRejections,
  ...returnRejections,
  ...shipmentRejections,
  ...storeCreditRejections,
  ...catalogueRejections,
};
