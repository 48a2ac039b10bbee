import { Type } from '@sinclair/typebox';
import type { IssuedDocument } from '../../commands/documents.ts';
import type { ReadStream } from '../../commands/read.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { invoiceDataOf } from '../../documents/invoice-data.ts';
import { issueDocument, type DocumentDeps } from './issue-document.ts';
import { invoiceCause } from './shipped-order.ts';
import { task, type Task } from '../../jobs/task.ts';

export type IssueDeps = DocumentDeps & { readonly readStream: ReadStream; readonly now: () => Instant };

/** Issues the one invoice of an order. Triggered by the event of shipping, whatever the order's status is now. */
export const issueInvoice = ({ readStream, now, ...deps }: IssueDeps): Task =>
  task('issue-invoice', Type.Object({ order_id: Type.String() }), async ({ order_id }) => {
    const { order, request, context } = await invoiceCause(readStream, order_id, now());
    const file_name = `invoice_${order.order_number}.pdf`;
    const render = async (issued: IssuedDocument) => {
      // Fonts and their libraries are loaded for the first document, so that a worker is ready without them.
      const { renderInvoice } = await import('../../documents/invoice.ts');
      return renderInvoice(invoiceDataOf(order, issued, deps.settings));
    };
    await issueDocument(deps, { request, file_name, render }, context);
  });
