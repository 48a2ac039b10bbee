import { eventually } from '../../support/eventually.ts';
import type { Dice } from '../../support/random.ts';
import type { Ask } from './ask.ts';
import type { InvoiceJson } from './inspect-invoices.ts';
import { act, place, type Acknowledged } from './shoppers.ts';

/** Time from a kill until each service worked again, milliseconds. */
export type Recovery = {
  /** An order could be placed. */
  readonly written: number;
  /** It was listed. */
  readonly listed: number;
  /** It was shipped and had its invoice. */
  readonly invoiced: number;
  /** Every order shipped right before the kill had its invoice. */
  readonly takenOver: number;
};

/** Limits of a recovery on an idle machine, milliseconds. */
export const LIMITS: Recovery = { written: 5_000, listed: 5_000, invoiced: 10_000, takenOver: 10_000 };

/** These are faults without a word: a time limit has to pass first. */
export const SILENT_LIMITS: Recovery = { written: 25_000, listed: 25_000, invoiced: 35_000, takenOver: 35_000 };

const GIVE_UP_MS = 120_000;

const hasInvoice = async (ask: Ask, id: string): Promise<boolean> => {
  const { body } = await ask<readonly InvoiceJson[]>({ path: `/api/v1/invoices/order/${id}` });
  return body[0]?.status === 'ready';
};

/** Asks every so many milliseconds: not more often than it takes to see a limit of seconds. */
const waitForInvoice = (ask: Ask, { id, number }: Acknowledged, every = 50): Promise<true> =>
  eventually(`the invoice of ${number}`, () => hasInvoice(ask, id), { within: GIVE_UP_MS, every });

/** Moves one more order through all steps, and waits for the invoices of the orders in progress. */
export const watchRecovery = async (
  ask: Ask,
  dice: Dice,
  { orders, inProgress }: { readonly orders: Acknowledged[]; readonly inProgress: readonly Acknowledged[] },
): Promise<Recovery> => {
  const killedAt = Date.now();
  const since = (): number => Date.now() - killedAt;
  const takenOver = Promise.all(inProgress.map((order) => waitForInvoice(ask, order, 250))).then(since);
  takenOver.catch(() => undefined); // awaited below

  const order = await place(ask, dice, orders);
  const written = since();
  await ask({
    path: `/api/v1/orders?limit=1&customer_id=${order.customer_id}`,
    headers: { 'x-min-position': order.position },
  });
  const listed = since();
  for (const action of ['confirm', 'start_processing', 'ship']) await act(ask, dice, order, action);
  await waitForInvoice(ask, order);
  return { written, listed, invoiced: since(), takenOver: await takenOver };
};

export const inWords = ({ written, listed, invoiced, takenOver }: Recovery): string =>
  `written ${written} ms, listed ${listed} ms, invoiced ${invoiced} ms, taken over ${takenOver} ms`;
