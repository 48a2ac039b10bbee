import { ORDER_CSV_COLUMNS } from '../../projections/orders/index.ts';
import { CSV_END, csvCell, type CsvCell } from '../../platform/csv.ts';
import type { OrderBody } from './body.ts';

type Item = OrderBody['items'][number];

const isShown = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** An address in one cell. */
const addressCell = (address: OrderBody['shipping_address']): CsvCell =>
  address === null || typeof address === 'string' ? address : Object.values(address).filter(isShown).join(', ');

/** Major units have at most three decimals; a sum of them, too. */
const sum = (amounts: readonly number[]): number => Number(amounts.reduce((total, one) => total + one, 0).toFixed(3));

/** What the parcels of an order say, each once, in the sequence in which they left. It may itself contain spaces. */
const ofParcels = (words: readonly (string | null)[]): CsvCell => {
  const said = new Set(words.filter((word) => word !== null));
  return said.size === 0 ? null : [...said].join('; ');
};

const list = (words: readonly (string | null)[]): CsvCell => words.filter((word) => word !== null).join(' ');

/** The columns of an order besides those of every export. */
const MORE_OF_ORDER = {
  shipping_address: (order: OrderBody): CsvCell => addressCell(order.shipping_address),
  billing_address: (order: OrderBody): CsvCell => addressCell(order.billing_address),
  meta_data: ({ meta_data }: OrderBody): CsvCell => (meta_data === null ? null : JSON.stringify(meta_data)),
  delivery_partner_id: ({ delivery }: OrderBody): CsvCell => delivery.partner_id,
  scheduled_for: ({ delivery }: OrderBody): CsvCell => delivery.scheduled_for,
  estimated_delivery_at: ({ delivery }: OrderBody): CsvCell => delivery.estimated_delivery_at,
  carrier: ({ shipments }: OrderBody): CsvCell => ofParcels(shipments.map(({ carrier }) => carrier)),
  tracking_number: ({ shipments }: OrderBody): CsvCell =>
    ofParcels(shipments.map(({ tracking_number }) => tracking_number)),
  cancellation_reason: ({ cancellation }: OrderBody): CsvCell => cancellation?.reason ?? null,
  refunded: ({ payments }: OrderBody): CsvCell => sum(payments.map(({ refunded_amount }) => refunded_amount)),
  refunds_pending: ({ refunds }: OrderBody): CsvCell =>
    sum(refunds.flatMap(({ status, amount }) => (status === 'pending' ? [amount] : []))),
  return_numbers: ({ returns }: OrderBody): CsvCell => list(returns.map(({ return_number }) => return_number)),
  document_numbers: ({ documents }: OrderBody): CsvCell => list(documents.map(({ number }) => number)),
} as const;

/** The columns of an item, with `view=lines`. */
const OF_ITEM = {
  item_id: ({ id }: Item): CsvCell => id,
  product_id: ({ product_id }: Item): CsvCell => product_id,
  product_sku: ({ product_sku }: Item): CsvCell => product_sku,
  product_name: ({ product_name }: Item): CsvCell => product_name,
  product_description: ({ product_description }: Item): CsvCell => product_description,
  quantity: ({ quantity }: Item): CsvCell => quantity,
  unit_price: ({ unit_price }: Item): CsvCell => unit_price,
  item_discount: ({ discount }: Item): CsvCell => discount,
  item_tax: ({ tax }: Item): CsvCell => tax,
  item_total: ({ final_price }: Item): CsvCell => final_price,
  returned_quantity: ({ returned_quantity }: Item): CsvCell => returned_quantity,
} as const;

type OrderColumn = (typeof ORDER_CSV_COLUMNS)[number] | keyof typeof MORE_OF_ORDER;
type ItemColumn = keyof typeof OF_ITEM;
export type ExportColumn = OrderColumn | ItemColumn;

const isKeyOf = <T extends object>(table: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(table, name);

export const isItemColumn = (column: ExportColumn): column is ItemColumn => isKeyOf(OF_ITEM, column);

const ITEM_COLUMNS = Object.keys(OF_ITEM).filter((name) => isKeyOf(OF_ITEM, name));

export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  ...ORDER_CSV_COLUMNS,
  ...Object.keys(MORE_OF_ORDER).filter((name) => isKeyOf(MORE_OF_ORDER, name)),
  ...ITEM_COLUMNS,
];

export const EXPORT_VIEWS = ['orders', 'lines'] as const;
export type ExportView = (typeof EXPORT_VIEWS)[number];

/** Where none are chosen. */
export const DEFAULT_COLUMNS: Readonly<Record<ExportView, readonly ExportColumn[]>> = {
  orders: ORDER_CSV_COLUMNS,
  lines: ['order_number', 'created_at', 'status', 'currency', 'customer_id', 'customer_name', ...ITEM_COLUMNS],
};

/** A spreadsheet would take such text for a number, and drop zeros and digits of it. */
const LIKE_A_NUMBER = /^[+-]?[.,]*\d[\d.,]*(?:[eE][+-]?\d+)?$/;

/** Written as a formula that is only a text: CSV has no other way to mark a text for a spreadsheet. */
const asText = (cell: CsvCell): string =>
  typeof cell === 'string' && LIKE_A_NUMBER.test(cell) ? `"=""${cell}"""` : csvCell(cell);

export type Written = {
  readonly columns: readonly ExportColumn[];
  readonly view: ExportView;
  /** Whether text that looks like a number is marked as text. */
  readonly keepsText: boolean;
};

const orderCell = (column: OrderColumn, order: OrderBody): CsvCell =>
  isKeyOf(MORE_OF_ORDER, column) ? MORE_OF_ORDER[column](order) : (order[column] ?? null);

/** The lines of an order, with their ends: one, or one for each item. */
export const orderLines = (order: OrderBody, { columns, view, keepsText }: Written): string => {
  const written = keepsText ? asText : csvCell;
  const line = (item: Item | undefined): string =>
    columns
      .map((column) => {
        if (!isItemColumn(column)) return written(orderCell(column, order));
        return item === undefined ? '' : written(OF_ITEM[column](item));
      })
      .join(',') + CSV_END;
  return view === 'lines' ? order.items.map(line).join('') : line(undefined);
};
