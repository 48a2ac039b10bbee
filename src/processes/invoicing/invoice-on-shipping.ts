import { streamId } from '../../event-store/stream-names.ts';
import { invoiceJob } from './document-jobs.ts';
import type { JobRequest } from '../../jobs/queue.ts';
import { reactor } from '../engine/reactor.ts';

const issueInvoice = ({ stream }: { readonly stream: string }): JobRequest => invoiceJob(streamId(stream));

/** Goods that leave the house, by carrier or by courier, call for the invoice. The task does it for the first of the two. */
export const invoiceOnShipping = reactor({
  name: 'invoice_on_shipping',
  prefixes: ['order-'],
  on: { OrderShipped: issueInvoice, OrderOutForDelivery: issueInvoice },
});
