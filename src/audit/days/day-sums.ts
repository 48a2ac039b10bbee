import type { DayCounts, DayTotals, Totals } from '../../domain/audit/index.ts';
import type { DocumentRequested } from '../../domain/document/index.ts';
import { movedBy, type OrderEvent } from '../../domain/order/index.ts';
import type { StoredEvent } from '../../event-store/port.ts';
import { isImported } from '../../event-store/recorded.ts';

type Amounts = Omit<DayTotals, 'currency'>;
export type DaySums = { readonly counts: DayCounts } & Totals;

const NO_AMOUNTS: Amounts = { invoiced: 0, credited: 0, captured: 0, refunded: 0 };
const NO_COUNTS: DayCounts = { events: 0, orders: 0, invoices: 0, credit_memos: 0, captures: 0, refunds: 0 };

const plus = (one: Amounts, other: Amounts): Amounts => ({
  invoiced: one.invoiced + other.invoiced,
  credited: one.credited + other.credited,
  captured: one.captured + other.captured,
  refunded: one.refunded + other.refunded,
});

const isSum = ({ invoiced, credited, captured, refunded }: Amounts): boolean =>
  [invoiced, credited, captured, refunded].some((amount) => amount > 0);

const addTotals = (before: readonly DayTotals[], more: readonly DayTotals[]): readonly DayTotals[] => {
  const sums = new Map(before.map(({ currency, ...amounts }) => [currency, amounts]));
  for (const { currency, ...amounts } of more) sums.set(currency, plus(sums.get(currency) ?? NO_AMOUNTS, amounts));
  return [...sums]
    .map(([currency, amounts]) => ({ currency, ...amounts }))
    .filter(isSum)
    .toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
};

/** The totals of two ranges of the log together. */
export const togetherWith = (before: Totals, { totals, imported }: Totals): Totals => ({
  totals: addTotals(before.totals, totals),
  imported: addTotals(before.imported, imported),
});

export const NO_TOTALS: Totals = { totals: [], imported: [] };

/** The events whose amounts count; their data has no personal part that matters here. */
const MONEY: ReadonlySet<string> = new Set([
  'PaymentCaptured',
  'PaymentRefunded',
  'RefundResolved',
  'RefundAllocated',
] satisfies readonly OrderEvent['type'][]);

export type CurrencyOf = (orderStream: string) => Promise<string>;

/** Adds up what the events of a day come to. */
export const sumDay = (currencyOf: CurrencyOf) => {
  let counts = NO_COUNTS;
  const own = new Map<string, Amounts>();
  const imported = new Map<string, Amounts>();

  const count = (name: keyof DayCounts): void => void (counts = { ...counts, [name]: counts[name] + 1 });
  const book = (event: StoredEvent, currency: string, amounts: Partial<Amounts>): void => {
    const side = isImported(event) ? imported : own;
    side.set(currency, plus(side.get(currency) ?? NO_AMOUNTS, { ...NO_AMOUNTS, ...amounts }));
  };

  const ofDocument = (event: StoredEvent): void => {
    const { document_type, currency, amount } = event.data as DocumentRequested['data']; // as its schema had it
    const isInvoice = document_type === 'invoice';
    if (!isImported(event)) count(isInvoice ? 'invoices' : 'credit_memos');
    book(event, currency, isInvoice ? { invoiced: amount } : { credited: amount });
  };
  const ofOrder = async (event: StoredEvent): Promise<void> => {
    const moved = movedBy({ type: event.type, data: event.data } as OrderEvent); // as its schema had it
    if (moved.captured === 0 && moved.refunded === 0) return;
    if (!isImported(event)) count(moved.captured > 0 ? 'captures' : 'refunds');
    book(event, await currencyOf(event.stream), moved);
  };

  const totalsOf = (side: ReadonlyMap<string, Amounts>): readonly DayTotals[] =>
    addTotals(
      [],
      [...side].map(([currency, amounts]) => ({ currency, ...amounts })),
    );

  return {
    add: async (event: StoredEvent): Promise<void> => {
      counts = { ...counts, events: counts.events + 1 };
      if (event.type === 'OrderPlaced' && !isImported(event)) count('orders');
      else if (event.type === 'DocumentRequested') ofDocument(event);
      else if (MONEY.has(event.type) && event.stream.startsWith('order-')) await ofOrder(event);
    },
    sums: (): DaySums => ({ counts, totals: totalsOf(own), imported: totalsOf(imported) }),
  };
};
