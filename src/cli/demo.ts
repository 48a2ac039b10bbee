import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { apiClient, type ApiClient } from './api-client.ts';

type OrderView = {
  readonly id: string;
  readonly order_number: string;
  readonly customer_name: string;
  readonly status: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly discount_total: number;
  readonly tax: number;
  readonly shipping_cost: number;
  readonly total: number;
  readonly allowed_actions: readonly string[];
};
type InvoiceView = { readonly id: string; readonly invoice_number: string | null; readonly status: string };
type HistoryRow = {
  readonly previous_status: string | null;
  readonly new_status: string;
  readonly changed_by_role: string;
  readonly notes: string | null;
  readonly at: string;
};

export type DemoOptions = {
  readonly baseUrl: string;
  /** Makes a token for the running service. */
  readonly token: (claims: { role: string; sub: string; email?: string; name?: string }) => Promise<string>;
  readonly outputFolder: string;
  readonly print: (line: string) => void;
};

const INVOICE_WAIT_MS = 20_000;

const meera = { id: 'meera', email: 'meera@customer.example', name: 'मीरा शर्मा' };
const eleni = { id: 'eleni', email: 'eleni@customer.example', name: 'Ελένη Παπαδοπούλου' };

/** Taken by the staff on the phone: INR, a discount, prices whose tax rounds. */
const meerasOrder = {
  customer_id: meera.id,
  customer_email: meera.email,
  customer_name: meera.name,
  currency: 'INR',
  items: [
    { product_id: 'P-100', product_name: 'चाय मसाला', product_sku: 'CHAI-250', quantity: 3, unit_price: 149.35 },
    {
      product_id: 'P-101',
      product_name: 'Steel kettle',
      product_sku: 'KETTLE',
      quantity: 1,
      unit_price: 1899.99,
      discount: 200,
    },
    { product_id: 'P-102', product_name: 'Cotton towel', product_sku: 'TOWEL', quantity: 7, unit_price: '89.05' },
  ],
  shipping_address: {
    recipient_name: meera.name,
    street: '४२ महात्मा गांधी मार्ग',
    city: 'Bengaluru',
    state: 'Karnataka',
    zip_code: '560001',
    country: 'IN',
    phone: '+91 80 5550 0000',
  },
};

/** Placed by the customer herself: EUR, a third that rounds. */
const elenisOrder = {
  currency: 'EUR',
  items: [
    { product_id: 'P-200', product_name: 'Ελαιόλαδο 1 l', product_sku: 'OIL-1L', quantity: 3, unit_price: 33.33 },
    { product_id: 'P-201', product_name: 'Linen apron', product_sku: 'APRON', quantity: 1, unit_price: 24.95 },
  ],
  shipping_address: { recipient_name: eleni.name, street: 'Ερμού 12', city: 'Αθήνα', zip_code: '10563', country: 'GR' },
};

const money = (order: OrderView, amount: number): string => `${amount.toFixed(2)} ${order.currency}`;

const showPlaced = (order: OrderView, print: (line: string) => void): void => {
  print(`placed      ${order.order_number} for ${order.customer_name}`);
  print(
    `            subtotal ${money(order, order.subtotal)}, discount ${money(order, order.discount_total)}, ` +
      `tax ${money(order, order.tax)}, shipping ${money(order, order.shipping_cost)}: total ${money(order, order.total)}`,
  );
};

const walk = async (staff: ApiClient, order: OrderView, print: (line: string) => void): Promise<void> => {
  const steps = [
    { action: 'confirm', notes: 'Stock checked' },
    { action: 'start_processing' },
    { action: 'ship', carrier: 'Hermes Couriers', tracking_number: `HC-${order.order_number}` },
    { action: 'deliver', notes: 'Handed over at the door' },
  ];
  for (const step of steps) {
    const { status, allowed_actions } = await staff.post<OrderView>(`/orders/${order.id}/state`, step);
    print(`${status.padEnd(11)} ${order.order_number}   next: ${allowed_actions.join(', ') || '-'}`);
  }
};

const readyInvoice = async (staff: ApiClient, order: OrderView): Promise<InvoiceView> => {
  const until = Date.now() + INVOICE_WAIT_MS;
  while (Date.now() < until) {
    const [invoice] = await staff.get<readonly InvoiceView[]>(`/invoices/order/${order.id}`);
    if (invoice?.status === 'ready') return invoice;
    await delay(100);
  }
  throw new Error(`no invoice for ${order.order_number} within ${INVOICE_WAIT_MS / 1000} s`);
};

const saveInvoice = async (staff: ApiClient, order: OrderView, options: DemoOptions): Promise<void> => {
  const invoice = await readyInvoice(staff, order);
  const { fileName, bytes } = await staff.download(`/invoices/${invoice.id}/download`);
  await mkdir(options.outputFolder, { recursive: true });
  const path = join(options.outputFolder, basename(fileName));
  await writeFile(path, bytes);
  options.print(`invoice     ${invoice.invoice_number ?? ''}   ${path} (${(bytes.length / 1024).toFixed(1)} kB)`);
};

const showHistory = async (staff: ApiClient, order: OrderView, print: (line: string) => void): Promise<void> => {
  print(`history of  ${order.order_number}`);
  for (const row of await staff.get<readonly HistoryRow[]>(`/orders/${order.id}/history`))
    print(
      `            ${row.at}  ${(row.previous_status ?? '-').padEnd(10)} -> ${row.new_status.padEnd(10)} ` +
        `by ${row.changed_by_role}${row.notes === null ? '' : `: ${row.notes}`}`,
    );
};

/** Two orders from placing to the doorstep, over HTTP only, as a shop would use it. */
export const runDemo = async (options: DemoOptions): Promise<void> => {
  const { baseUrl, print } = options;
  const staff = apiClient(baseUrl, await options.token({ role: 'admin', sub: 'shop-desk' }));
  const customer = apiClient(
    baseUrl,
    await options.token({ role: 'customer', sub: eleni.id, email: eleni.email, name: eleni.name }),
  );
  const orders = [
    await staff.post<OrderView>('/orders', meerasOrder),
    await customer.post<OrderView>('/orders', elenisOrder),
  ];
  for (const order of orders) showPlaced(order, print);
  for (const order of orders) await walk(staff, order, print);
  for (const order of orders) await saveInvoice(staff, order, options);
  for (const order of orders) await showHistory(staff, order, print);
};
