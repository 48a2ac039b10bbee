import type { DocumentView } from './documents.ts';
import type { PaymentView, ReturnView } from './pay-and-return.ts';
import { tell, type OrderView, type Stage } from './stage.ts';

type LedgerEntry = {
  readonly kind: 'charge' | 'refund';
  readonly order_id: string;
  readonly amount: number;
  readonly outcome: string | null;
};

type Refund = { readonly amount: number; readonly method: string; readonly kind: string; readonly status: string };
type Order = OrderView & { readonly customer_id: string; readonly refunds: readonly Refund[] };
type Books = {
  readonly invoiced: number;
  readonly credited_by_documents: number;
  readonly captured: number;
  readonly refunded: number;
  readonly agrees: boolean;
};
type Balance = {
  readonly entries: readonly { readonly order_id: string | null; readonly amount: number }[];
};
type Listed = DocumentView & { readonly total: number };

const inCents = (amounts: readonly number[]): number => amounts.reduce((sum, each) => sum + Math.round(each * 100), 0);
const amountsOf = (rows: readonly { readonly amount: number }[]): number => inCents(rows.map(({ amount }) => amount));
const shown = (cents: number): string => (cents / 100).toFixed(2).padStart(10);

/** One row of the table: two sides that must agree to the cent. */
type Row = readonly [what: string, waybill: number, other: string, otherSide: number];

/** Compares Waybill's log with the gateway's own books and the customer's balance, and documents with money. */
export const reconcile = async (stage: Stage, { id, order_number }: OrderView): Promise<void> => {
  const { staff } = stage;
  const order = await staff.get<Order>(`/orders/${id}`);
  const books = await staff.get<Books>(`/orders/${id}/reconciliation`);
  const payments = await staff.get<readonly PaymentView[]>(`/payments?order_id=${id}`);
  const returns = await staff.get<readonly ReturnView[]>(`/returns?order_id=${id}`);
  const documents = await staff.get<readonly Listed[]>(`/invoices?order_id=${id}`);
  const balances = await staff.get<readonly Balance[]>(`/admin/customers/${order.customer_id}/store-credit`);
  const ledger = (await staff.get<readonly LedgerEntry[]>('/admin/sandbox/ledger?limit=1000')).filter(
    ({ order_id, outcome }) => order_id === id && outcome === 'succeeded',
  );
  const booked = (kind: LedgerEntry['kind']): number => amountsOf(ledger.filter((entry) => entry.kind === kind));
  const went = (isIt: (refund: Refund) => boolean): number => amountsOf(order.refunds.filter(isIt));
  const given = balances.flatMap(({ entries }) => entries).filter(({ order_id }) => order_id === id);
  const documented = (type: DocumentView['invoice_type']): number =>
    inCents(documents.filter(({ invoice_type }) => invoice_type === type).map(({ total }) => total));
  const rows: readonly Row[] = [
    ['paid', amountsOf(payments), 'gateway charged', booked('charge')],
    ['refunded', went(({ method }) => method === 'original_payment'), 'gateway refunded', booked('refund')],
    ['store credit', went(({ method }) => method === 'store_credit'), 'in the balance', amountsOf(given)],
    [
      'by returns',
      went(({ kind }) => kind === 'return'),
      'returns refunded',
      inCents(returns.map(({ refunded_amount }) => refunded_amount)),
    ],
    ['went back', inCents([books.refunded]), 'of payments', inCents(payments.map((one) => one.refunded_amount))],
    ['invoiced', inCents([books.invoiced]), 'invoices', documented('order')],
    ['credited', inCents([books.credited_by_documents]), 'credit memos', documented('return')],
  ];
  tell(stage, 'reconciliation', order_number);
  for (const [what, ours, other, theirs] of rows)
    tell(
      stage,
      '',
      `${what.padEnd(14)}${shown(ours)}   ${other.padEnd(18)}${shown(theirs)}   ${verdict(ours, theirs)}`,
    );
  const isDiffering = rows.some(([, ours, , theirs]) => ours !== theirs);
  if (isDiffering || !books.agrees) throw new Error(`the books of ${order_number} do not agree`);
};

const verdict = (ours: number, theirs: number): string => (ours === theirs ? 'equal' : 'DIFFERENT');
