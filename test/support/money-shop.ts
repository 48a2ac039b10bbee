import * as assert from 'uvu/assert';
import { DEFAULT_ORDER_SETTINGS, type OrderSettings } from '../../src/domain/order/index.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import type { Mail } from '../../src/notifications/mail/port.ts';
import { createJobsFor } from '../../src/processes/engine/jobs-for.ts';
import { processesAmong } from '../../src/processes/engine/process.ts';
import { declarations } from '../../src/processes/registry.ts';
import { ADMIN, startTestApi, type Answer, type Call, type OrderJson, type TestApi } from './api.ts';
import { eventually } from './eventually.ts';
import { memoryMailer } from './messages.ts';
import { allHaveReached } from './projectors.ts';
import { createPayment, moveOrder, moveReturn, processPayment, TO_RECEIVED } from './money-over-http.ts';
import type { PaymentJson, ReturnJson } from './money-over-http.ts';
import { askingOnce, SETTINGS, workerDepsOf } from './worker-deps.ts';

/** Lines A and B of 50.00 and 5.00 tax each, and 5.00 shipping. */
export const TOTAL = 115;
/** What one of the lines costs. */
export const LINE = 55;

export const STAFF = { address: 'staff@shop.example', name: 'Staff' };

export type ReconciliationJson = Readonly<
  Record<
    | 'invoiced'
    | 'credited_by_documents'
    | 'uninvoiced'
    | 'owed'
    | 'captured'
    | 'refunded'
    | 'in_flight'
    | 'failed'
    | 'amount_due'
    | 'overpaid',
    number
  >
> & { readonly agrees: boolean };

export type JobJson = {
  readonly id: string;
  readonly task: string;
  readonly state: string;
  readonly next_try_at: string | null;
  readonly reason: string | null;
  readonly key: string | null;
};

export type MoneyShop = {
  readonly api: TestApi;
  /** Every mail that was sent, oldest first. */
  readonly mails: readonly Mail[];
  readonly call: TestApi['call'];
  /** Lines A and B, for c-1. */
  readonly order: (changes?: Record<string, unknown>, call?: Call) => Promise<OrderJson>;
  readonly delivered: (changes?: Record<string, unknown>) => Promise<OrderJson>;
  readonly read: (id: string, call?: Call) => Promise<OrderJson>;
  readonly books: (id: string) => Promise<ReconciliationJson>;
  /** Waits until what was paid has confirmed it. */
  readonly confirmed: (id: string) => Promise<void>;
  /** A payment that has its outcome, of which its order knows. */
  readonly pay: (order_id: string, json?: Record<string, unknown>) => Promise<PaymentJson>;
  readonly refund: (
    payment_id: string,
    json?: Record<string, unknown>,
  ) => Promise<Answer<PaymentJson & { credited: number }>>;
  readonly credit: (order_id: string, json: Record<string, unknown>) => Promise<Answer<OrderJson>>;
  readonly resolve: (order_id: string, refund_id: string, json: Record<string, unknown>) => Promise<Answer<OrderJson>>;
  readonly putItems: (order_id: string, items: readonly object[], call?: Call) => Promise<Answer<OrderJson>>;
  readonly openReturn: (order_id: string, json?: Record<string, unknown>) => Promise<ReturnJson>;
  /** Received, and processed as said. */
  readonly processReturn: (id: string, json?: Record<string, unknown>) => Promise<ReturnJson>;
  readonly jobs: () => Promise<readonly JobJson[]>;
  /** The order once nothing is left to do but by people; documents and money must agree. */
  readonly settled: (id: string) => Promise<OrderJson>;
  readonly stopWorker: () => Promise<void>;
  readonly startWorker: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const item = (name: string, changes: Record<string, unknown> = {}) => ({
  product_id: name,
  product_name: `Product ${name}`,
  unit_price: 50,
  quantity: 1,
  ...changes,
});

export const idOfItem = ({ items }: OrderJson, product_id: string): string => {
  const found = items.find((one) => one.product_id === product_id);
  assert.ok(found, `no item of ${product_id}`);
  return found.id;
};

/** An API with everything that a worker does, over the sandbox gateway or one of the test's own. */
export const openMoneyShop = async ({
  gateway = (sandbox) => sandbox,
  orderSettings = {},
  customerPrices = 'trust',
  outcomeTimeoutMs = 20_000,
}: {
  readonly gateway?: (sandbox: PaymentGateway) => PaymentGateway;
  readonly orderSettings?: Partial<OrderSettings>;
  readonly customerPrices?: OrderSettings['customerPrices'];
  /** Default: long, so that a busy machine is no slow gateway. */
  readonly outcomeTimeoutMs?: number;
} = {}): Promise<MoneyShop> => {
  const api = await startTestApi({
    orderSettings,
    customerPrices,
    adjust: (deps) => ({ ...deps, payments: { ...deps.payments, outcomeTimeoutMs } }),
  });
  const { call, core } = api;
  const mailer = memoryMailer();
  const asked = gateway(createSandboxGateway({ db: core.db, slowMs: 300 }));
  const deps = {
    mailer,
    settings: { ...SETTINGS, staff: STAFF },
    askGateway: askingOnce(core, asked),
    orderSettings: { ...DEFAULT_ORDER_SETTINGS, customerPrices, ...orderSettings },
  };
  let worker = await api.startWorker({ deps });
  const jobsFor = createJobsFor(processesAmong(declarations, workerDepsOf(core, deps)), core.codec);

  const read: MoneyShop['read'] = async (id, more) => (await call(`/orders/${id}`, more)).body;
  const jobs = async (): Promise<readonly JobJson[]> => (await call<readonly JobJson[]>('/admin/jobs?limit=1000')).body;

  /** Nothing appends between two equal heads without a job, and no event in between waits to become one. */
  const isIdle = async (): Promise<boolean> => {
    const areDone = async () =>
      (await jobs()).every(({ next_try_at, state }) => state === 'failed' && next_try_at === null);
    const before = await api.countEvents();
    if (!(await areDone())) return false;
    const row = await core.db<{ position: string }>('reactor_checkpoints').first('position');
    const { events } = await core.store.readAll({ after: BigInt(row?.position ?? 0), limit: 1_000, prefixes: [''] });
    if ((await jobsFor(events)).length > 0) return false;
    return (await areDone()) && (await api.countEvents()) === before;
  };
  const books: MoneyShop['books'] = async (id) => (await call<ReconciliationJson>(`/orders/${id}/reconciliation`)).body;
  const order: MoneyShop['order'] = async (changes = {}, more = {}) => {
    const json = { customer_id: 'c-1', currency: 'USD', items: [item('A'), item('B')], ...changes };
    const { status, body, text } = await call('/orders', { json, ...more });
    assert.is(status, 201, text);
    return body;
  };

  const settled: MoneyShop['settled'] = async (id) => {
    await eventually('nothing is left to do', isIdle, { every: 10 });
    await allHaveReached(core.db, await core.store.head());
    assert.ok((await books(id)).agrees, `documents and money of ${id} agree`);
    return read(id);
  };

  return {
    api,
    mails: mailer.mails,
    call,
    order,
    read,
    books,
    jobs,
    settled,
    delivered: async (changes) => {
      const { id } = await order(changes);
      await moveOrder(api, id, ['confirm', 'start_processing', 'ship', 'deliver']);
      return read(id);
    },
    confirmed: async (id) => {
      await eventually('it is confirmed', async () => (await read(id)).status === 'confirmed');
    },
    pay: async (order_id, json = {}) => {
      const { body, text } = await createPayment(api, order_id, { amount: TOTAL, ...json });
      assert.ok(body.id, text);
      const { body: done } = await processPayment(api, body.id);
      await eventually('its order knows of it', async () => {
        const found = (await read(order_id)).payments.find(({ id }) => id === body.id);
        return found !== undefined && found.status !== 'processing';
      });
      return done;
    },
    refund: (payment_id, json) => call(`/payments/${payment_id}/refund`, { method: 'POST', json: json ?? {} }),
    credit: (order_id, json) => call(`/orders/${order_id}/refunds`, { json: { reason_category: 'other', ...json } }),
    resolve: (order_id, refund_id, json) => call(`/orders/${order_id}/refunds/${refund_id}/resolve`, { json }),
    putItems: (order_id, items, more = {}) =>
      call(`/orders/${order_id}/items`, { method: 'PUT', json: { items }, as: ADMIN, ...more }),
    openReturn: async (order_id, json = {}) => {
      const { status, body, text } = await call<ReturnJson>(`/orders/${order_id}/return`, { json });
      assert.is(status, 201, text);
      return body;
    },
    processReturn: (id, json = {}) => moveReturn(api, id, [...TO_RECEIVED, { action: 'process', ...json }]),
    stopWorker: () => worker.stop(),
    startWorker: async () => {
      worker = await api.startWorker({ deps });
    },
    close: () => api.close(),
  };
};
