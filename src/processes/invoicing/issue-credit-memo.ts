import { Type } from '@sinclair/typebox';
import { findEvent } from '../../commands/find-event.ts';
import { processContext } from '../../commands/process-context.ts';
import type { ReadStream } from '../../commands/read.ts';
import { needsCreditMemo } from '../../domain/document/index.ts';
import { isPlaced, orderFold, type ReturnSettled } from '../../domain/order/index.ts';
import { isInitiated, returnDecider } from '../../domain/return/index.ts';
import type { Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { orderStream, returnStream } from '../../event-store/stream-names.ts';
import { creditMemoDataOf, type Credited } from '../../documents/credit-memo-data.ts';
import { issueDocument } from './issue-document.ts';
import { invoiceCause } from './shipped-order.ts';
import { task, type Task } from '../../jobs/task.ts';
import type { IssueDeps } from './issue-invoice.ts';

type Settlement = Omit<Credited, 'invoice_number'> & {
  readonly cause: Recorded<ReturnSettled>;
  /** Revision at which the return was processed. */
  readonly as_of: Revision;
};

const findSettlement = async (
  readStream: ReadStream,
  { order_id, return_id }: { readonly order_id: string; readonly return_id: string },
): Promise<Settlement> => {
  const whole = await readStream(orderFold, orderStream(order_id));
  const cause = findEvent(whole?.events ?? [], 'ReturnSettled', ({ fact }) => fact.data.return_id === return_id);
  if (cause === undefined) throw new Error(`order ${order_id} has not settled return ${return_id}`);
  const order = await readStream(orderFold, orderStream(order_id), { revision: cause.revision });
  const steps = await readStream(returnDecider, returnStream(return_id));
  const processed = findEvent(steps?.events ?? [], 'ReturnProcessed');
  if (processed === undefined) throw new Error(`return ${return_id} was never processed`);
  const as_of = processed.revision;
  const one = await readStream(returnDecider, returnStream(return_id), { revision: as_of });
  if (order === undefined || !isPlaced(order.state) || one === undefined || !isInitiated(one.state))
    throw new Error(`order ${order_id} or return ${return_id} does not fold`);
  return { order: order.state, one: one.state, settled: cause.fact.data, cause, as_of };
};

/**
 * Issues the one credit memo of a processed return, unless nothing of it was accepted. Triggered by the settlement,
 * whatever becomes of the money. It refers to the invoice, which gets its number here if its own job is behind.
 */
export const issueCreditMemo = ({ readStream, now, ...deps }: IssueDeps): Task =>
  task(
    'issue-credit-memo',
    Type.Object({ order_id: Type.String(), return_id: Type.String() }),
    async ({ order_id, return_id }) => {
      const { cause, as_of, ...credited } = await findSettlement(readStream, { order_id, return_id });
      if (!needsCreditMemo(credited.settled.items)) return;
      const at = now();
      const invoice = await invoiceCause(readStream, order_id, at);
      const { number: invoice_number } = await deps.documents.issue(invoice.request, invoice.context);

      const { customer_id } = credited.order;
      await issueDocument(
        deps,
        {
          request: { type: 'credit_memo', customer_id, order_id, return_id, as_of },
          file_name: `credit_memo_${credited.one.return_number}.pdf`,
          render: async (issued) => {
            const { renderCreditMemo } = await import('../../documents/credit-memo.ts');
            return renderCreditMemo(creditMemoDataOf({ ...credited, invoice_number }, issued, deps.settings));
          },
        },
        processContext('issue-credit-memo', cause, at),
      );
    },
  );
