import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AUDITOR, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import {
  createPayment,
  deliveredOrder,
  moveReturn,
  pay,
  TO_RECEIVED,
  type ReturnJson,
} from '../../support/money-over-http.ts';
import { startTestWorker } from '../../support/worker.ts';

const test = suite('the timeline of an order');
let api: TestApi;
let worker: { readonly stop: () => Promise<void> };

test.before(async () => {
  api = await startTestApi();
  worker = await startTestWorker(api);
});
test.after(async () => {
  await worker.stop();
  await api.close();
});

type Entry = {
  readonly id: string;
  readonly position: string;
  readonly at: string;
  readonly kind: string;
  readonly type: string;
  readonly sentence: string;
  readonly reason: string | null;
  readonly correlation_id: string;
  readonly cause: {
    readonly kind: string;
    readonly sentence: string;
    readonly process?: string;
    readonly request?: {
      readonly id: string;
      readonly actor: { readonly role: string };
      readonly user_agent: string | null;
    };
    readonly event?: { readonly id: string; readonly type: string; readonly sentence: string };
  };
};

const timeline = (id: string, query = '') =>
  api.call<readonly Entry[]>(`/orders/${id}/timeline${query}`, { as: AUDITOR });

test('everything of an order is one list in log order, each with the request or the event behind it', async () => {
  const order = await deliveredOrder(api);
  await pay(api, order.id);
  const { body: created } = await createPayment(api, order.id, { amount: 1 });
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
  await moveReturn(api, opened.id, [...TO_RECEIVED, { action: 'process', notes: 'All fine' }]);
  const entries = await eventually('both documents and the refund', async () => {
    const { body } = await timeline(order.id);
    const count = (type: string) => body.filter((entry) => entry.type === type).length;
    return count('DocumentRendered') === 2 && count('ReturnRefunded') === 1 && body;
  });

  const positions = entries.map(({ position }) => BigInt(position));
  assert.equal(
    positions,
    positions.toSorted((a, b) => (a < b ? -1 : 1)),
  );
  assert.equal(new Set(entries.map(({ kind }) => kind)), new Set(['order', 'payment', 'return', 'document']));
  assert.ok(
    entries.some(({ sentence }) => sentence.includes(created.payment_number)),
    'a payment not begun yet',
  );
  for (const { type, sentence, cause } of entries) {
    assert.match(sentence, /^[^{}]+\.$/, type);
    assert.ok(['request', 'event'].includes(cause.kind), `${type}: ${cause.sentence}`);
    if (cause.kind === 'event') assert.type(cause.process, 'string', `${type} names its process`);
  }

  const one = (type: string) => entries.find((entry) => entry.type === type);
  const placed = one('OrderPlaced');
  assert.equal([placed?.cause.request?.actor.role, placed?.cause.request?.id], ['admin', placed?.correlation_id]);
  assert.is(one('ReturnProcessed')?.reason, 'All fine');
  assert.equal(
    [one('PaymentCaptured')?.cause.process, one('PaymentCaptured')?.cause.event?.type],
    ['recording the outcome of a payment', 'PaymentCompleted'],
  );
  assert.equal(
    [one('DocumentRendered')?.cause.process, one('DocumentRendered')?.cause.event?.type],
    ['issuing an invoice', 'OrderShipped'],
  );

  const correlation_id = one('ReturnProcessed')?.correlation_id ?? '';
  const { body: followed } = await timeline(order.id, `?correlation_id=${correlation_id}`);
  assert.equal(
    followed.map(({ id }) => id),
    entries.filter((entry) => entry.correlation_id === correlation_id).map(({ id }) => id),
  );
  assert.ok(followed.length > 4 && followed.length < entries.length);

  const paged: string[] = [];
  for (let query: string | undefined = '?limit=7'; query !== undefined;) {
    const { body, headers } = await timeline(order.id, query);
    paged.push(...body.map(({ id }) => id));
    assert.ok(body.length <= 7);
    query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  }
  assert.equal(
    paged,
    entries.map(({ id }) => id),
  );
  assert.is((await api.call(`/orders/${order.id}/timeline`, { as: MEERA })).status, 403);
});

test.run();
