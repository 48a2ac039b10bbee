import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCloseDays } from '../../../src/audit/index.ts';
import type { DomainEvent } from '../../../src/domain/events.ts';
import {
  ADMIN,
  AUDITOR,
  COURIER,
  MEERA,
  OTHER,
  startTestApi,
  type OrderJson,
  type TestApi,
} from '../../support/api.ts';
import { openEventLog } from '../../support/event-log.ts';
import { cancelled, confirmed, started } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';

/** The shop's log begins on the first of June; every day is closed but today. */
const test = suite('orders as of the close of a day');
let api: TestApi;
let beside: TestApi | undefined;
const [FIRST, SECOND, THIRD] = [randomUUID(), randomUUID(), randomUUID()];
let after = '';

test.before(async () => {
  api = await startTestApi();
  const log = openEventLog(api.store, api.core.dataKeys);
  let n = 0;
  const told = async (order: string, at: string, event: DomainEvent, customerId = 'c-1') => {
    n += 1;
    await log.append(order, [event], { at, recordedAt: at, customerId, command_id: `told-${n}` });
  };
  const placed = (order_number: string, customer_id = 'c-1') => orderPlaced({ order_number, customer_id });
  await told(FIRST, '2026-06-01T10:00:00.000Z', placed('ORD-2026-000101'));
  await told(SECOND, '2026-06-01T11:00:00.000Z', placed('ORD-2026-000102', 'c-2'), 'c-2');
  await told(FIRST, '2026-06-02T10:00:00.000Z', confirmed);
  await told(THIRD, '2026-06-02T12:00:00.000Z', placed('ORD-2026-000103'));
  await told(FIRST, '2026-06-03T09:00:00.000Z', started);
  await told(SECOND, '2026-06-03T10:00:00.000Z', cancelled, 'c-2');
  await createCloseDays({ ...api.core, numbering: 'positions', timeZone: 'UTC' }).over();
  after = String(await api.store.head());
  await api.call('/orders?limit=1', { headers: { 'x-min-position': after } });
});
test.after(async () => {
  await beside?.close();
  await api.close();
});

const list = async (query: string, as = ADMIN) => api.call<readonly OrderJson[]>(`/orders?${query}`, { as });
const statuses = async (query: string, as = ADMIN) =>
  (await list(query, as)).body.map(({ id, status }) => [id, status] as const);

test('a list shows the orders and their statuses at the close of the day', async () => {
  assert.equal(await statuses('as_of=2026-06-01'), [
    [SECOND, 'pending'],
    [FIRST, 'pending'],
  ]);
  assert.equal(await statuses('as_of=2026-06-02&sort=created_at'), [
    [FIRST, 'confirmed'],
    [SECOND, 'pending'],
    [THIRD, 'pending'],
  ]);
  assert.equal(await statuses('as_of=2026-06-03'), [
    [THIRD, 'pending'],
    [SECOND, 'cancelled'],
    [FIRST, 'processing'],
  ]);
  assert.equal(await statuses('as_of=2026-05-31'), [], 'before the first event there was nothing');
});

test('each order is the one that its own as_of shows', async () => {
  for (const day of ['2026-06-01', '2026-06-02', '2026-06-03'])
    for (const order of (await list(`as_of=${day}`)).body) {
      const { as_of: _, ...own } = (await api.call(`/orders/${order.id}?as_of=${day}`)).body as OrderJson & {
        readonly as_of: unknown;
      };
      assert.equal(order, own);
    }
});

test('status, customer and time of the order filter by what was then', async () => {
  const june2 = 'as_of=2026-06-02';
  assert.equal(await statuses(`${june2}&status=confirmed`), [[FIRST, 'confirmed']]);
  assert.equal((await statuses(`${june2}&status=pending,confirmed`)).length, 3);
  assert.equal(await statuses(`${june2}&status=processing`), []);
  assert.equal(await statuses(`${june2}&customer_id=c-2`), [[SECOND, 'pending']]);
  assert.equal(await statuses(`${june2}&created_from=2026-06-02`), [[THIRD, 'pending']]);
});

test('pages are walked by cursor, which another list does not take', async () => {
  const first = await list('as_of=2026-06-02&limit=2');
  assert.is(first.headers.get('x-total-count'), '3');
  const next = /<\/api\/v1\/orders\?([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  assert.equal(await statuses(next), [[FIRST, 'confirmed']]);
  const cursor = new URLSearchParams(next).get('cursor') ?? '';
  assert.is((await list(`cursor=${cursor}`)).status, 422);
});

test('customers see their own past, couriers none', async () => {
  assert.equal(
    (await statuses('as_of=2026-06-02', MEERA)).map(([id]) => id),
    [THIRD, FIRST],
  );
  assert.equal(await statuses('as_of=2026-06-03', OTHER), [[SECOND, 'cancelled']]);
  assert.is((await statuses('as_of=2026-06-03', AUDITOR)).length, 3);
  assert.is((await list('as_of=2026-06-03', COURIER)).status, 403);
});

test('a day that is not closed, and what is not kept of the past, are 422', async () => {
  const today = new Date().toISOString().slice(0, 10);
  for (const query of [
    `as_of=${today}`,
    'as_of=2026-06-31',
    'as_of=now',
    'as_of=2026-06-01&limit=101',
    'as_of=2026-06-01&sort=total',
    'as_of=2026-06-01&payment_status=paid',
    'as_of=2026-06-01&refund_status=none',
    'as_of=2026-06-01&needs=payout',
    'as_of=2026-06-01&held=true',
    'as_of=2026-06-01&delivery_partner_id=d-1',
    'as_of=2026-06-01&min_total=1',
    'as_of=2026-06-01&max_total=1',
  ]) {
    const { status, problem } = await api.call(`/orders?${query}`);
    assert.equal([status, problem.errors.length], [422, 1], query);
  }
});

const REPORTS = [
  'summary',
  'sales',
  'revenue',
  'delivery-performance',
  'top-customers',
  'cancellation-rate',
  'returns',
  'customers',
  'payments',
];

test('every report shows a closed day, and rejects one that is over but not closed', async () => {
  const tomorrow = () => new Date(Date.now() + 86_400_000);
  beside = await startTestApi({ beside: api, projectors: false, options: { kernel: { now: tomorrow } } });
  const overToday = new Date().toISOString().slice(0, 10);
  for (const path of [...REPORTS.map((report) => `/analytics/${report}?`), '/orders?']) {
    const closed = await api.call(`${path}as_of=2026-06-03`);
    assert.is(closed.status, 200, `${path}: ${closed.text}`);
    const { status, problem } = await beside.call(`${path}as_of=${overToday}`);
    assert.equal([status, problem.errors[0]?.message], [422, 'must be a business day that is closed'], path);
  }
});

test.run();
