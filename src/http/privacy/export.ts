import { documentsCausedBy, streamsOfOrder, type CausedDocument } from '../../commands/index.ts';
import { orderFold } from '../../domain/order/index.ts';
import { returnFold } from '../../domain/return/index.ts';
import { isErased } from '../../domain/shared/decider.ts';
import { storeCreditDecider } from '../../domain/store-credit/index.ts';
import type { StoredTemplate } from '../../checkout/index.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { storeCreditStream } from '../../event-store/stream-names.ts';
import type { Messages, RegisteredDevice } from '../../notifications/index.ts';
import type { ZippedFile } from '../../platform/zip.ts';
import { EXPORT_FILES, type ExportFile, type Erasure, type Subject } from '../../privacy/index.ts';
import { invoiceBody } from '../invoices/body.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { progress, readDocument, type DocumentWithKey } from '../invoices/find-document.ts';
import { noteBodies } from '../trail/note-body.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { readOrder, type FoundOrder } from '../orders/find-order.ts';
import { bodiesOf } from '../orders/lists.ts';
import { paymentBody } from '../payments/body.ts';
import { readPayment, type FoundPayment } from '../payments/find-payment.ts';
import { returnBody } from '../returns/body.ts';
import { readReturn, type FoundReturn } from '../returns/find-return.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../trail/event-body.ts';
import { historyBody } from '../trail/history-body.ts';
import { storeCreditBody } from '../store-credit/handlers.ts';

/** What the copy of a customer's data is made from. */
export type ExportDeps = {
  readonly orders: Pick<OrderDeps, 'readStream' | 'settings' | 'findDocuments'>;
  readonly invoices: Pick<InvoiceDeps, 'readStream' | 'findJobByKey' | 'keysOf' | 'findFile'>;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly decode: Codec['decode'];
  readonly messages: Pick<Messages, 'list'>;
  /** Also payments that the order has not heard of. */
  readonly paymentIdsOf: (orderId: string) => Promise<readonly string[]>;
  readonly devicesOf: (customerId: string) => Promise<readonly RegisteredDevice[]>;
  readonly templatesOf: (
    customerId: string,
    page: { readonly limit: number; readonly offset: number },
  ) => Promise<{ readonly templates: readonly StoredTemplate[] }>;
  readonly cartOf: (
    customerId: string,
  ) => Promise<readonly { readonly product_id: string; readonly quantity: number }[]>;
  readonly erasuresOf: (customerId: string) => Promise<readonly Erasure[]>;
};

/** Whose data it is, and who gets the copy: a customer sees no more of it than over the API. */
export type Export = Subject & { readonly customer_id: string; readonly viewer: Caller; readonly at: string };

const PAGE = 200;

async function* orders({ orders: { readStream } }: ExportDeps, { order_ids }: Export): AsyncGenerator<FoundOrder> {
  for (const id of order_ids) {
    const found = await readOrder(readStream, id);
    if (found !== undefined) yield found;
  }
}

async function* returns(deps: ExportDeps, asked: Export): AsyncGenerator<FoundReturn> {
  for await (const { order } of orders(deps, asked))
    for (const { return_id } of order.returns) {
      const found = await readReturn(deps.orders, return_id);
      if (found !== undefined) yield found;
    }
}

/** Ids of the payments that the order knows, and of those that it has not heard of. */
const paymentIds = async ({ paymentIdsOf }: ExportDeps, { id, order }: FoundOrder): Promise<readonly string[]> => [
  ...new Set([...order.payments.map(({ payment_id }) => payment_id), ...(await paymentIdsOf(id))]),
];

async function* payments(deps: ExportDeps, asked: Export): AsyncGenerator<FoundPayment> {
  for await (const found of orders(deps, asked))
    for (const id of await paymentIds(deps, found)) {
      const payment = await readPayment(deps.orders, id);
      if (payment !== undefined) yield payment;
    }
}

/** A customer does not see documents that are restricted: the erasure took them out of their reach. */
const isShown = ({ key }: DocumentWithKey, { viewer }: Export): boolean =>
  key === undefined || key.state === 'open' || viewer.role !== 'customer';

async function* documents(deps: ExportDeps, asked: Export): AsyncGenerator<DocumentWithKey> {
  const { invoices } = deps;
  const find = async ({ id }: CausedDocument): Promise<DocumentWithKey | undefined> => {
    const document = await readDocument(invoices.readStream, id);
    return document && { document, key: (await invoices.keysOf([id])).get(id) };
  };
  for await (const { id, order } of orders(deps, asked))
    for (const caused of documentsCausedBy(id, order)) {
      const found = await find(caused);
      if (found !== undefined && isShown(found, asked)) yield found;
    }
}

async function* notes(deps: ExportDeps, asked: Export) {
  const { viewer } = asked;
  for await (const { id, events } of orders(deps, asked))
    for (const note of noteBodies(await events(), viewer)) yield { order_id: id, ...note };
  for await (const { id, events } of returns(deps, asked))
    for (const note of noteBodies(await events(), viewer)) yield { return_id: id, ...note };
  for await (const { id, events } of payments(deps, asked))
    for (const note of noteBodies(await events(), viewer)) yield { payment_id: id, ...note };
}

async function* messages(deps: ExportDeps, { order_ids }: Export) {
  for (const order_id of order_ids)
    for (let offset = 0; ; offset += PAGE) {
      const page = await deps.messages.list({ order_id, limit: PAGE, offset });
      for (const { reason: _, attempts: __, next_try_at: ___, ...message } of page) yield message;
      if (page.length < PAGE) break;
    }
}

async function* streams(deps: ExportDeps, asked: Export): AsyncGenerator<string> {
  for await (const found of orders(deps, asked))
    yield* streamsOfOrder(found.id, found.order, await paymentIds(deps, found));
  yield* asked.store_credit_ids.map(storeCreditStream);
}

/** An event, with the address and the user agent that it came from where the customer was at the other end. */
const exportedEvent = (recorded: Recorded, isOwn: boolean) => {
  const { personal } = recorded.metadata;
  const origin = !isOwn || personal === undefined || isErased(personal) ? {} : personal;
  return { ...eventBody(recorded), occurred_at: recorded.fact.at, ...origin };
};

/** Everything that was recorded. A customer gets their own requests: what others did, and why, shows in the other files. */
async function* events(deps: ExportDeps, asked: Export) {
  const { customer_id, viewer } = asked;
  for await (const stream of streams(deps, asked))
    for (let from = 0n; ; from += BigInt(PAGE)) {
      const page = await deps.store.readStream(stream, { from, limit: PAGE });
      for (const recorded of await deps.decode(page)) {
        const { role, id } = recorded.metadata.actor;
        const isOwn = role === 'customer' && id === customer_id;
        if (isOwn || viewer.role !== 'customer') yield exportedEvent(recorded, isOwn);
      }
      if (page.length < PAGE) break;
    }
}

const ABOUT: Readonly<Record<ExportFile, string>> = {
  'customer.json': 'What is stored of the customer beside orders: devices, templates of orders, cart, erasures.',
  'orders.ndjson': 'The orders, one a line, as GET /orders/{id} shows them, with their history.',
  'returns.ndjson': 'The returns, one a line, as GET /returns/{id} shows them, with their history.',
  'payments.ndjson': 'The payments, one a line, as GET /payments/{id} shows them.',
  'store_credit.ndjson': 'The store credit, one currency a line, with every entry.',
  'notes.ndjson': 'Notes of the shop on orders, returns and payments.',
  'documents.ndjson': 'The invoices and credit memos, one a line.',
  'messages.ndjson': 'The messages that were sent, or will be: recipient and subject.',
  'events.ndjson':
    'The recorded events, amounts in minor units, with the address and user agent of the customer’s own requests.',
  'documents/': 'The invoices and credit memos as PDF.',
};

const customer = async (deps: ExportDeps, { customer_id, at, viewer }: Export) => {
  const order_templates: object[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const { templates } = await deps.templatesOf(customer_id, { limit: PAGE, offset });
    order_templates.push(...templates);
    if (templates.length < PAGE) break;
  }
  return {
    format: 'waybill-customer/v1',
    customer_id,
    exported_at: at,
    exported_for: viewer.role === 'customer' ? 'customer' : 'staff',
    devices: await deps.devicesOf(customer_id),
    order_templates,
    cart: await deps.cartOf(customer_id),
    erasures: (await deps.erasuresOf(customer_id)).map(({ id, state, reason, requested_at, finished_at }) => ({
      ...{ id, state, requested_at, finished_at },
      // Staff wrote it for their own records.
      ...(viewer.role !== 'customer' && { reason }),
    })),
    files: ABOUT,
  };
};

async function* customerJson(deps: ExportDeps, asked: Export) {
  yield `${JSON.stringify(await customer(deps, asked), null, 2)}\n`;
}

async function* lines(bodies: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const body of bodies) yield `${JSON.stringify(body)}\n`;
}

async function* map<T>(found: AsyncIterable<T>, bodyOf: (one: T) => object | Promise<object>): AsyncGenerator<object> {
  for await (const one of found) yield await bodyOf(one);
}

async function* storeCredit({ orders: { readStream } }: ExportDeps, { store_credit_ids }: Export) {
  for (const id of store_credit_ids) {
    const found = await readStream(storeCreditDecider, storeCreditStream(id));
    if (found !== undefined) yield storeCreditBody(found.state, found.state.entries.length);
  }
}

/** Changes of status say nothing of who made them, from where: staff are no part of the copy. */
const WITHOUT_ORIGIN = { role: 'customer', nameOf: () => null } as const;

type Content = (deps: ExportDeps, asked: Export) => AsyncIterable<string>;

const CONTENTS: Readonly<Record<Exclude<ExportFile, 'documents/'>, Content>> = {
  'customer.json': customerJson,
  'orders.ndjson': (deps, asked) =>
    lines(
      map(orders(deps, asked), async ({ id, order, events }) => {
        const [body] = await bodiesOf(deps.orders, [{ id, state: order }], asked.viewer);
        return { ...body, history: historyBody(await events(), orderFold, WITHOUT_ORIGIN) };
      }),
    ),
  'returns.ndjson': (deps, asked) =>
    lines(
      map(returns(deps, asked), async (found) => ({
        ...returnBody(found, asked.viewer),
        history: historyBody(await found.events(), returnFold, WITHOUT_ORIGIN),
      })),
    ),
  'payments.ndjson': (deps, asked) => lines(map(payments(deps, asked), (found) => paymentBody(found, asked.viewer))),
  'store_credit.ndjson': (deps, asked) => lines(storeCredit(deps, asked)),
  'notes.ndjson': (deps, asked) => lines(notes(deps, asked)),
  'documents.ndjson': (deps, asked) =>
    lines(
      map(documents(deps, asked), async ({ document, key }) =>
        invoiceBody(document, await progress(deps.invoices, document), key),
      ),
    ),
  'messages.ndjson': (deps, asked) => lines(messages(deps, asked)),
  'events.ndjson': (deps, asked) => lines(events(deps, asked)),
};

/** The bytes of the documents. One that is restricted is read by itself, and each reading of it recorded. */
async function* pdfs(deps: ExportDeps, asked: Export): AsyncGenerator<ZippedFile> {
  for await (const { document, key } of documents(deps, asked)) {
    const file = key?.state === 'open' ? await deps.invoices.findFile(document.id) : undefined;
    if (file !== undefined) yield { name: `documents/${file.file_name}`, content: [file.bytes] };
  }
}

/** A copy of everything that is stored of a customer, file by file. */
export async function* exportedFiles(deps: ExportDeps, asked: Export): AsyncGenerator<ZippedFile> {
  for (const name of EXPORT_FILES)
    if (name === 'documents/') yield* pdfs(deps, asked);
    else yield { name, content: CONTENTS[name](deps, asked) };
}
