import type { DocumentView } from './documents.ts';
import type { PaymentView, ReturnView } from './pay-and-return.ts';
import { tell, type OrderView, type Stage } from './stage.ts';

type LedgerEntry = {
  readonly kind: 'charge' | 'refund';
  readonly order_id: string;
  readonly amount: number;
  readonly outcome: string | null;
};

const inCents = (amounts: readonly number[]): number => amounts.reduce((sum, each) => sum + Math.round(each * 100), 0);
const shown = (cents: number): string => (cents / 100).toFixed(2).padStart(10);

/** One row of the table: two sides that must agree to the cent. */
type Row = readonly [what: string, waybill: number, other: string, otherSide: number];

/** Compares Waybill's log with the gateway's own books, and documents with the orders and returns that need them. */
export const reconcile = async (stage: Stage, order: OrderView): Promise<void> => {
  const { staff } = stage;
  const payments = await staff.get<readonly PaymentView[]>(`/payments?order_id=${order.id}`);
  const returns = await staff.get<readonly ReturnView[]>(`/returns?order_id=${order.id}`);
  const documents = await staff.get<readonly DocumentView[]>(`/invoices?order_id=${order.id}`);
  const ledger = (await staff.get<readonly LedgerEntry[]>('/admin/sandbox/ledger?limit=1000')).filter(
    ({ order_id, outcome }) => order_id === order.id && outcome === 'succeeded',
  );
  const booked = (kind: LedgerEntry['kind']): number =>
    inCents(ledger.filter((entry) => entry.kind === kind).map((entry) => entry.amount));
  const paid = inCents(payments.map((payment) => payment.amount));
  const refunded = inCents(payments.map((payment) => payment.refunded_amount));
  const money: readonly Row[] = [
    ['paid', paid, 'gateway charged', booked('charge')],
    ['refunded', refunded, 'gateway refunded', booked('refund')],
    ['refunded', refunded, 'by returns', inCents(returns.map((one) => one.refunded_amount))],
  ];
  const counts: readonly Row[] = [
    ['invoices', documents.filter((one) => one.invoice_type === 'order').length, 'orders shipped', 1],
    [
      'credit memos',
      documents.filter((one) => one.invoice_type === 'return').length,
      'returns processed',
      returns.length,
    ],
  ];
  tell(stage, 'reconciliation', order.order_number);
  for (const [what, ours, other, theirs] of money)
    tell(
      stage,
      '',
      `${what.padEnd(14)}${shown(ours)}   ${other.padEnd(18)}${shown(theirs)}   ${verdict(ours, theirs)}`,
    );
  for (const [what, ours, other, theirs] of counts)
    tell(
      stage,
      '',
      `${what.padEnd(14)}${String(ours).padStart(10)}   ${other.padEnd(18)}${String(theirs).padStart(10)}   ${verdict(ours, theirs)}`,
    );
  const differing = [...money, ...counts].filter(([, ours, , theirs]) => ours !== theirs);
  if (differing.length > 0) throw new Error(`the books of ${order.order_number} do not agree`);
};

const verdict = (ours: number, theirs: number): string => (ours === theirs ? 'equal' : 'DIFFERENT');
