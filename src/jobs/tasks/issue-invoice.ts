import { Type } from '@sinclair/typebox';
import type { DocumentCommands, IssuedDocument } from '../../commands/documents.ts';
import type { ReadStream } from '../../commands/read.ts';
import { renderInvoice } from '../../documents/invoice.ts';
import { evolveOrder, isPlaced, NO_ORDER, type Order } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { orderStream } from '../../event-store/stream-names.ts';
import { documentFile, type DocumentFile, type DocumentFiles } from '../../platform/document-files.ts';
import { invoiceDataOf, type DocumentSettings } from '../invoice-data.ts';
import { policyContext } from '../../commands/policy-context.ts';
import { task, type Task } from '../task.ts';

const SHIPPING = new Set<string>(['OrderShipped', 'OrderOutForDelivery']);

type Deps = {
  readonly files: DocumentFiles;
  readonly readStream: ReadStream;
  readonly documents: DocumentCommands;
  readonly settings: DocumentSettings;
  readonly now: () => Instant;
};

/** The bytes of an issued invoice: those kept before, else newly rendered. What was recorded once is never replaced. */
const fileOf = async (
  { files, settings }: Pick<Deps, 'files' | 'settings'>,
  order: Order,
  issued: IssuedDocument,
): Promise<DocumentFile> => {
  const kept = await files.find(issued.id);
  if (kept !== undefined) return kept;
  const file = documentFile(
    `invoice_${order.order_number}.pdf`,
    await renderInvoice(invoiceDataOf(order, issued, settings)),
  );
  if (issued.rendering !== null && issued.rendering.sha256 !== file.sha256)
    throw new Error(
      `${issued.number} was issued with other bytes, which are lost: restore document_files from a backup`,
    );
  return files.keep(issued.id, file);
};

/**
 * Issues the one invoice of an order: asked for, numbered, rendered, kept, recorded. Each step finds what an earlier run
 * has done. Triggered by the event of shipping, whatever the order's status is now.
 */
export const issueInvoice = ({ files, readStream, documents, settings, now }: Deps): Task =>
  task('issue-invoice', Type.Object({ order_id: Type.String() }), async ({ order_id }) => {
    const evolving = { initialState: NO_ORDER, evolve: evolveOrder };
    const whole = await readStream(evolving, orderStream(order_id));
    const shipping = whole?.events.find(({ fact }) => SHIPPING.has(fact.type));
    if (shipping === undefined) throw new Error(`order ${order_id} was never shipped`);
    const shipped = await readStream(evolving, orderStream(order_id), { revision: shipping.revision });
    if (shipped === undefined || !isPlaced(shipped.state)) throw new Error(`order ${order_id} does not fold`);

    const context = policyContext('issue-invoice', shipping, now());
    const { customer_id } = shipped.state;
    const request = { type: 'invoice', customer_id, order_id, return_id: null, as_of: shipping.revision } as const;
    const issued = await documents.issue(request, context);
    const { sha256, bytes, file_name } = await fileOf({ files, settings }, shipped.state, issued);
    await documents.recordRendering(
      issued.id,
      { number: issued.number, file_name, sha256, size: bytes.length },
      context,
    );
  });
