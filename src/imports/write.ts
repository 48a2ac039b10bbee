import { createHmac } from 'node:crypto';
import type { DrawNumber } from '../commands/index.ts';
import { orderStream, paymentStream } from '../event-store/stream-names.ts';
import { historyOf, importedIds } from './orders/history.ts';
import type { ImportedOrder } from './orders/imported-order.ts';
import { createWritePast, despiteOutages, type WritePastDeps, type Written } from './past/write-past.ts';

export type WriteDeps = Omit<WritePastDeps, 'source'> & {
  readonly drawNumber: DrawNumber;
  /** Replaces the e-mail address in the id of a customer who has no other id. */
  readonly emailToken: (email: string) => string;
};

const TOKEN_CHARACTERS = 32;

/**
 * The same address gives the same token, and without the key of the search index the address cannot be found from it.
 * The token differs from those of search words, so that the index does not lead to the customer.
 */
export const emailTokens =
  (key: Uint8Array): WriteDeps['emailToken'] =>
  (email) =>
    createHmac('sha256', key)
      .update(`imported customer ${email.normalize('NFKC').trim().toLowerCase()}`)
      .digest('hex')
      .slice(0, TOKEN_CHARACTERS);

/** A customer is identified by their own id, else by their e-mail address, else by this order. */
const customerOf = (
  { customer_id, customer_email, number }: ImportedOrder,
  source: string,
  emailToken: WriteDeps['emailToken'],
): string => {
  if (customer_id !== null) return customer_id;
  return customer_email === null ? `${source}:guest:${number}` : `${source}:${emailToken(customer_email)}`;
};

/** Writes a past order. An earlier import, complete or partial, is found and completed. */
export const createWriteOrder = ({ store, codec, drawNumber, emailToken }: WriteDeps, source: string) => {
  const writePast = createWritePast({ store, codec, source });

  const writeOnce = async (imported: ImportedOrder, run: string): Promise<Written> => {
    const { order_id, payment_id } = importedIds(source, imported.number);
    const customer_id = customerOf(imported, source, emailToken);
    const { created_at, paid_at, captured } = imported;
    const [order_number, payment_number] = await Promise.all([
      drawNumber('order', created_at, order_id),
      captured === 0 ? '' : drawNumber('payment', paid_at, payment_id),
    ]);
    const { order, payment } = historyOf(imported, { source, customer_id, order_number, payment_number });
    return writePast(
      {
        customer_id,
        order: { stream: orderStream(order_id), steps: order },
        beside: [{ stream: paymentStream(payment_id), steps: payment }],
      },
      run,
    );
  };

  return (imported: ImportedOrder, run: string): Promise<Written> => despiteOutages(() => writeOnce(imported, run));
};
