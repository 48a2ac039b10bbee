import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Knex } from 'knex';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type Core, testCore } from './core.ts';
import { DEFAULT_ORDER_SETTINGS, type OrderSettings } from '../../src/domain/order/index.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { createLocalCarts } from '../../src/checkout/carts.ts';
import { createLocalCatalogue } from '../../src/checkout/catalogue/local.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { type Api, type ApiDeps, createApi } from '../../src/http/api.ts';
import type { OrderBody } from '../../src/http/orders/body.ts';
import type { FieldError } from '../../src/http/server/problem.ts';
import { mintToken, type TokenRequest } from '../../src/http/server/auth/tokens.ts';
import { connectApi, type ConnectOptions } from '../../src/app/compose/http/index.ts';
import { createCheckoutFeature, type CheckoutSettings } from '../../src/app/compose/checkout.ts';
import type { MerchantGateways } from '../../src/app/compose/merchant-gateways.ts';
import { createDrawNumber } from '../../src/numbers/index.ts';
import { startProjectors } from '../../src/projections/engine/index.ts';
import { projections } from '../../src/projections/registry.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { checkAnswer, isJson } from './openapi-check.ts';
import { startTestWorker, type TestWorker, type TestWorkerOptions } from './worker.ts';

/** An order as it came; `refund_initiated` where it was cancelled. */
export type OrderJson = OrderBody & { readonly refund_initiated?: boolean };

export type ProblemJson = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly instance: string;
  readonly request_id: string;
  readonly errors: readonly FieldError[];
  readonly current_status?: string;
  readonly allowed_actions?: readonly string[];
  readonly left?: readonly { readonly order_item_id: string; readonly left: number }[];
};

export type Answer<T> = {
  readonly status: number;
  readonly headers: Headers;
  /** Of an answer 2xx. Its shape has been checked against the served OpenAPI document. */
  readonly body: T;
  /** The same of any other answer. */
  readonly problem: ProblemJson;
  readonly text: string;
};

export type Call = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  /** Default: an admin. Null: no credentials. */
  readonly as?: TokenRequest | null;
  /** Not checked against the OpenAPI document. Default false. */
  readonly unchecked?: boolean;
};

export type TestApi = {
  readonly url: string;
  readonly api: Api;
  readonly deps: ApiDeps;
  readonly core: Core;
  readonly store: EventStore;
  readonly database: TestDatabase;
  /** Lines that were logged. */
  readonly log: readonly string[];
  /** Calls a path below `/api/v1`, or one that begins with `//` from the root. */
  readonly call: <T = OrderJson>(path: string, call?: Call) => Promise<Answer<T>>;
  readonly token: (request: TokenRequest) => Promise<string>;
  /** How many events there are. */
  readonly countEvents: () => Promise<number>;
  /** Starts a worker beside it, which ends with it at the latest. */
  readonly startWorker: (options?: TestWorkerOptions) => Promise<TestWorker>;
  readonly close: () => Promise<void>;
  readonly masterKey: Buffer;
};

export const ADMIN: TokenRequest = { role: 'admin' };
export const AUDITOR: TokenRequest = { role: 'auditor' };
export const COURIER: TokenRequest = { role: 'delivery_partner', sub: 'courier-7' };
export const MEERA: TokenRequest = { role: 'customer', sub: 'c-1', email: 'meera@shop.example', name: 'मीरा शर्मा' };
export const OTHER: TokenRequest = { role: 'customer', sub: 'c-2' };

const PREFIXES = { order: 'ORD', return: 'RET', payment: 'PAY' } as const;
export const SECRET = randomBytes(32).toString('hex');

const parse = (text: string, type: string | null): unknown =>
  type !== null && isJson(type) && text !== '' ? JSON.parse(text) : undefined;

export type TestApiOptions = {
  /** Keeps the read models as well. Default true. */
  readonly projectors?: boolean;
  readonly wrapStore?: (store: EventStore) => EventStore;
  readonly options?: Partial<ConnectOptions>;
  /** Changes what the API is bound to. */
  readonly adjust?: (deps: ApiDeps) => ApiDeps;
  /** Default: carts and a catalogue in its database, both empty. */
  readonly gateways?: Partial<MerchantGateways>;
  readonly customerPrices?: CheckoutSettings['customerPrices'];
  /** What the merchant decided about orders. Default: the defaults. */
  readonly orderSettings?: Partial<OrderSettings>;
  /** How it reaches its database. Default: straight. */
  readonly link?: (database: TestDatabase) => Promise<{ readonly db: Knex; readonly store: EventStore }>;
  /** Another process of the same API: it shares that one's database, and is closed before it. */
  readonly beside?: TestApi;
};

/** The API and read models in this process, on a free port, over a database of their own. Close it in `suite.after`. */
export const startTestApi = async ({
  projectors = true,
  wrapStore = (store) => store,
  options = {},
  adjust = (deps) => deps,
  gateways = {},
  customerPrices = 'trust',
  orderSettings: changedSettings = {},
  link = async ({ db, url }) => Promise.resolve({ db, store: openPostgresEventStore({ url, restMs: 5 }) }), // tests wait, they do not save
  beside,
}: TestApiOptions = {}): Promise<TestApi> => {
  const database = beside?.database ?? (await openTestDatabase());
  const masterKey = beside?.masterKey ?? randomBytes(32);
  const { db, store: opened } = await link(database);
  const store = wrapStore(opened);
  const draw = createDrawNumber(db);
  const orderSettings = { ...DEFAULT_ORDER_SETTINGS, customerPrices, ...changedSettings };
  const core = testCore(
    db,
    store,
    masterKey,
    (kind, at, id) => draw({ kind, id, prefix: PREFIXES[kind], year: Number(at.slice(0, 4)) }),
    orderSettings,
  );
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const local = { carts: createLocalCarts(db), catalogue: createLocalCatalogue(db), users: undefined };
  const connected = connectApi({
    ...core,
    store,
    checkout: createCheckoutFeature(core, { ...local, ...gateways }, { currency: 'EUR', customerPrices }),
    orderSettings,
    logger,
    tokens: { secret: SECRET },
    authMode: 'jwt',
    idempotencyHours: 24,
    defaultCurrency: 'EUR',
    maxBodyBytes: 1024 * 1024,
    metricsToken: undefined,
    requireFullAddress: false,
    version: '0.0.0-test',
    ...options,
  });
  const deps = adjust(connected);
  const api = createApi(deps);
  const serve = api.koa.callback();
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP

  const stop = new AbortController();
  const { codec } = core;
  const projecting = projectors
    ? startProjectors({ projections, db, store, codec, signal: stop.signal, log: logger })
    : undefined;

  const workers = new Set<TestWorker>();
  const startWorker: TestApi['startWorker'] = async (workerOptions) => {
    const started = await startTestWorker({ core, url: database.url }, workerOptions);
    const worker = {
      stop: async (): Promise<void> => {
        if (workers.delete(worker)) await started.stop();
      },
    };
    workers.add(worker);
    return worker;
  };

  const tokens = new Map<string, Promise<string>>();
  const token = (request: TokenRequest): Promise<string> => {
    const key = JSON.stringify(request);
    const known = tokens.get(key) ?? mintToken({ secret: SECRET }, request);
    tokens.set(key, known);
    return known;
  };

  const call = async (
    path: string,
    { method, headers = {}, json, raw, as = ADMIN, unchecked = false }: Call = {},
  ): Promise<Answer<unknown>> => {
    const sent = json === undefined ? raw : JSON.stringify(json);
    const verb = method ?? (sent === undefined ? 'GET' : 'POST');
    const address = path.startsWith('//') ? path.slice(1) : `/api/v1${path}`;
    const response = await fetch(url + address, {
      method: verb,
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(as !== null && { authorization: `Bearer ${await token(as)}` }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    const body = parse(text, response.headers.get('content-type'));
    const { status, headers: answered } = response;
    const exchange = { method: verb, path: address, answer: { status, headers: answered, body } };
    if (!unchecked) checkAnswer(api.openApi, exchange);
    return { status, headers: answered, text, body, problem: body as ProblemJson };
  };

  return {
    url,
    api,
    deps,
    core,
    store,
    database,
    masterKey,
    log,
    token,
    // Each test names the shape it reads; the answer has just been checked against the document.
    call: call as TestApi['call'],
    countEvents: async () => {
      const { rows } = await db.raw<{ rows: { count: string }[] }>('select count(*) from events');
      return Number(rows[0]?.count);
    },
    startWorker,
    close: async () => {
      for (const worker of workers) await worker.stop();
      stop.abort();
      await projecting;
      server.closeAllConnections();
      server.close();
      await opened.close();
      if (beside === undefined) await database.close();
    },
  };
};

export const anOrder = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  customer_id: 'c-1',
  items: [{ product_id: 'p-mug', product_name: 'Mug', unit_price: 12.99, quantity: 2 }],
  ...changes,
});
