import { ledgerOf, majorTotals, type Order } from '../../domain/order/index.ts';
import { isErased } from '../../domain/shared/decider.ts';
import { CSV_END, csvCell, type CsvCell } from '../../platform/csv.ts';

/** What an order's body says in a word or a number, by its names and in its order; what only imported orders have, last. */
export const ORDER_CSV_COLUMNS = [
  'id',
  'order_number',
  'customer_id',
  'customer_email',
  'customer_name',
  'status',
  'previous_status',
  'currency',
  'subtotal',
  'discount_total',
  'tax',
  'shipping_cost',
  'total',
  'amount_due',
  'credited',
  'overpaid',
  'item_count',
  'payment_status',
  'refund_status',
  'notes',
  'payment_method',
  'created_at',
  'updated_at',
  'confirmed_at',
  'shipped_at',
  'delivered_at',
  'cancelled_at',
  'external_number',
  'external_source',
] as const;

/** Stands in a line where a personal cell goes. No cell has this character. */
const GAP = '\u001a';
const PERSONAL = ['customer_email', 'customer_name', 'notes'] as const;

const cellsOf = (id: string, order: Order): Readonly<Record<(typeof ORDER_CSV_COLUMNS)[number], CsvCell>> => {
  const { payment_status, refund_status } = ledgerOf(order);
  return {
    id,
    order_number: order.order_number,
    customer_id: order.customer_id,
    customer_email: GAP,
    customer_name: GAP,
    status: order.status,
    previous_status: order.previous_status,
    currency: order.currency,
    ...majorTotals(order),
    payment_status,
    refund_status,
    notes: GAP,
    payment_method: order.payment_method,
    created_at: order.created_at,
    updated_at: order.updated_at,
    confirmed_at: order.confirmed_at,
    shipped_at: order.shipped_at,
    delivered_at: order.delivered_at,
    cancelled_at: order.cancelled_at,
    external_number: order.external?.number ?? null,
    external_source: order.external?.source ?? null,
  };
};

/** The cells of an order with what is personal, which is empty once it was erased. */
export const orderCells = (id: string, order: Order): Readonly<Record<(typeof ORDER_CSV_COLUMNS)[number], CsvCell>> => {
  const { personal } = order;
  const known = isErased(personal) ? { customer_email: null, customer_name: null, notes: null } : personal;
  return {
    ...cellsOf(id, order),
    customer_email: known.customer_email,
    customer_name: known.customer_name,
    notes: known.notes,
  };
};

/** A cell of a line, where personal cells are gaps. */
const written = (cell: CsvCell): string => {
  const text = csvCell(cell);
  return typeof cell === 'string' && cell !== GAP && text.includes(GAP) ? text.replaceAll(GAP, '\ufffd') : text;
};

/** One line of the export, with its end, and a gap where a personal cell goes. */
export const csvForm = (id: string, order: Order): string => {
  const cells = cellsOf(id, order);
  return `${ORDER_CSV_COLUMNS.map((name) => written(cells[name])).join(',')}${CSV_END}`;
};

/** The line with its personal cells, which are empty once they were erased. */
export const filledCsv = (form: string, personal: Order['personal']): string => {
  const known = isErased(personal) ? undefined : personal;
  let line = '';
  let from = 0;
  for (const name of PERSONAL) {
    const gap = form.indexOf(GAP, from);
    const cell = known?.[name] ?? null;
    line += form.slice(from, gap) + (cell === null ? '' : written(cell));
    from = gap + 1;
  }
  return line + form.slice(from);
};
