// time limit: 180 s
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { apiClient, type ApiClient } from '../../src/cli/demo/api-client.ts';
import { commandLine, type CommandLine, type Service } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { isReadableIn } from '../support/readable-forms.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

type Order = { readonly id: string; readonly order_number: string; readonly customer_name: string };
type Invoice = { readonly invoice_number: string | null; readonly status: string };

/** One life of a data folder: each test continues from the one before. */
const test = suite('a data folder from its first start on');

let folder: TemporaryFolder;
let waybill: CommandLine;
let service: Service;
let staff: ApiClient;
let placed: Order;

const tokenOf = async (...flags: readonly string[]): Promise<string> => {
  const { code, out, err } = await waybill.run(['token', ...flags]);
  assert.is(code, 0, err);
  assert.is(err, '');
  assert.match(out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'just a token');
  return out.trim();
};

const answer = async (words: readonly string[]): Promise<string> => {
  const { code, out, err } = await waybill.run(words);
  assert.is(err, '');
  assert.is(code, 0);
  return out;
};

const place = (client: ApiClient, customer: Record<string, string>): Promise<Order> =>
  client.post('/orders', {
    ...customer,
    items: [{ product_id: 'P-1', product_name: 'Mug', quantity: 2, unit_price: 12.99 }],
    shipping_address: { street: '1 Main Street', city: 'Springfield' },
  });

const ship = async ({ id }: Order): Promise<void> => {
  for (const action of ['confirm', 'start_processing', 'ship']) await staff.post(`/orders/${id}/state`, { action });
};

const readyInvoice = ({ id }: Order): Promise<Invoice> =>
  eventually(
    'the invoice is ready',
    async () => (await staff.get<readonly Invoice[]>(`/invoices/order/${id}`)).find(({ status }) => status === 'ready'),
    { within: 20_000 },
  );

test.before(async () => {
  folder = await temporaryFolder();
  waybill = commandLine(folder.path, { DATA_DIR: folder.path, PORT: '0', LOG_LEVEL: 'warn' });
  service = await waybill.start();
  staff = apiClient(service.url, await tokenOf('--role', 'admin'));
});
test.after(async () => {
  await service.interrupt();
  await folder.remove();
});

test('it says where it listens, where its docs are and how to get a token, and then it is so', async () => {
  assert.equal(service.said(), [
    `Waybill listens on ${service.url}`,
    `  docs   ${service.url}/docs`,
    '  token  npm run --silent token -- --role admin',
  ]);
  for (const path of ['/docs', '/health/ready']) assert.is((await fetch(service.url + path)).status, 200, path);
});

test('a token carries the user that its flags name', async () => {
  const flags = ['--role', 'customer', '--sub', 'c-7', '--email', 'eleni@customer.example', '--name', 'Ελένη'];
  placed = await place(apiClient(service.url, await tokenOf(...flags, '--expires', '5m')), {});
  assert.is(placed.customer_name, 'Ελένη');
  assert.is((await staff.get<{ customer_id: string }>(`/orders/${placed.id}`)).customer_id, 'c-7');
});

test('a shipped order gets its invoice', async () => {
  await ship(placed);
  assert.match((await readyInvoice(placed)).invoice_number ?? '', /^INV-\d{4}-000001$/);
});

test('a read model is rebuilt beside the running service', async () => {
  const said = await answer(['projections', 'rebuild', 'order_list']);
  assert.match(said, /^order_list: rebuilt from \d+ events up to position \d+ in [\d.]+ s \(\d+ events\/s\)\n$/);
  const orders = await staff.get<readonly Order[]>('/orders');
  assert.equal(
    orders.map(({ id }) => id),
    [placed.id],
  );
});

test('backfill creates no document when none is missing', async () => {
  assert.is(await answer(['jobs', 'backfill']), 'No document is missing.\n');
});

test('Ctrl-C ends it in order and leaves nothing running', async () => {
  assert.is(await service.interrupt(), 0);
  assert.equal(waybill.leftOver(), []);
});

/** The outbox is in clear by purpose; what the database has is looked at by a test of its own. */
const LOOKED_AT_ELSEWHERE = ['messages', 'postgres'];

test('no other file of the data folder names a customer', async () => {
  const all = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const names = all
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder.path, join(parentPath, name)))
    .filter((name) => !LOOKED_AT_ELSEWHERE.some((other) => name.startsWith(join(other, '/'))));
  assert.ok(names.includes('secrets.json'), names.join(', '));
  for (const name of names)
    for (const word of ['Ελένη', 'eleni@customer.example', '1 Main Street'])
      assert.not.ok(isReadableIn(await readFile(join(folder.path, name)), word), `${name} shows ${word}`);
});

test('commands work on the data of a service that does not run, and end what they started', async () => {
  assert.match(await answer(['projections', 'rebuild', 'document_list']), /^document_list: rebuilt from [1-9]/);
  assert.equal(waybill.leftOver(), []);
});

test('some roles can be started without the others', async () => {
  service = await waybill.start('api', 'projector');
  staff = apiClient(service.url, await tokenOf('--role', 'admin'));
  const second = await place(staff, { customer_id: 'c-8', customer_name: 'Ada Example' });
  assert.match(second.order_number, /000002$/, 'numbers go on where they were');
  await ship(second);
  await eventually('its shipment is in the list', async () => {
    return (await staff.get<readonly Order[]>('/orders?status=shipped')).length === 2;
  });
  assert.is(await answer(['jobs', 'backfill']), 'Requested 1 missing document; a running worker creates it.\n');
  assert.is(await answer(['jobs', 'backfill']), 'No document is missing.\n', 'it has been asked for');
  await service.interrupt();
});

test('the next start finds everything, and does what was left to do', async () => {
  service = await waybill.start();
  staff = apiClient(service.url, await tokenOf('--role', 'admin'));
  const orders = await staff.get<readonly Order[]>('/orders?sort=created_at');
  assert.is(orders.length, 2);
  const first = orders.find(({ id }) => id === placed.id);
  assert.is(first?.customer_name, 'Ελένη');
  const second = orders.find(({ id }) => id !== placed.id) ?? placed;
  assert.match((await readyInvoice(second)).invoice_number ?? '', /000002$/);
});

test('an erasure takes the key from every process, and the customer who comes back gets another', async () => {
  const flags = ['--role', 'customer', '--sub', 'c-9', '--email', 'zuzanna@customer.example', '--name', 'Zuzanna'];
  const customer = apiClient(service.url, await tokenOf(...flags, '--expires', '5m'));
  const order = await place(customer, {});
  await customer.post(`/orders/${order.id}/cancel`, {});
  type Message = { readonly id: string; readonly status: string };
  // The worker has the key in memory once it has written the mails, the projector once the order is found by its words.
  await eventually('every process has worked with the key', async () => {
    const messages = await staff.get<readonly Message[]>(`/admin/messages?order_id=${order.id}`);
    const found = await staff.get<readonly Order[]>('/orders/search?q=zuzanna');
    return found.length === 1 && messages.length > 1 && messages.every(({ status }) => status === 'written');
  });
  const mails = async (): Promise<readonly string[]> => {
    const names = await readdir(join(folder.path, 'messages'));
    const texts = await Promise.all(names.map((name) => readFile(join(folder.path, 'messages', name), 'utf8')));
    return texts.filter((text) => text.includes('zuzanna@customer.example'));
  };
  assert.ok((await mails()).length > 0);

  type Erasure = { readonly id: string; readonly state: string; readonly certificate: object | null };
  const { id } = await staff.post<Erasure>('/admin/customers/c-9/erase', { reason: 'asked for' });
  await eventually('it is done', async () => (await staff.get<Erasure>(`/admin/erasures/${id}`)).state === 'done', {
    within: 20_000,
  });
  const read = async (path: string): Promise<string> => JSON.stringify(await staff.get<unknown>(path));
  for (const path of [`/orders/${order.id}`, `/orders/${order.id}/events`, '/orders', '/admin/messages'])
    assert.not.match(await read(path), /zuzanna/i, path);
  assert.equal(await staff.get<readonly Order[]>('/orders/search?q=zuzanna'), []);
  assert.equal(await mails(), []);
  const again = await place(customer, {});
  assert.is((await staff.get<Order>(`/orders/${again.id}`)).customer_name, 'Zuzanna');
  assert.not.match(await read(`/orders/${order.id}`), /zuzanna/i);
});

test.run();
