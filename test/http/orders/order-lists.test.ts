import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ADMIN,
  anOrder,
  AUDITOR,
  COURIER,
  MEERA,
  OTHER,
  startTestApi,
  type OrderJson,
  type TestApi,
} from '../../support/api.ts';

const lists = suite('lists of orders over HTTP');
let api: TestApi;

lists.before(async () => {
  api = await startTestApi();
});
lists.after(() => api.close());

/** Places an order and answers it with headers under which a list includes it. */
const place = async (changes: Record<string, unknown> = {}, path = '/orders') => {
  const { body, headers } = await api.call(path, { json: anOrder(changes) });
  return { order: body, seen: { 'x-min-position': headers.get('x-event-position') ?? '' } };
};

lists('customers find their own under two more names, paged and filtered as any list', async () => {
  await place();
  const { order: newest } = await place({ notes: 'newest' });
  const { seen } = await place({ customer_id: 'c-2' });
  for (const path of ['/orders/me', '/orders/my-orders']) {
    const { status, headers, body } = await api.call<OrderJson[]>(`${path}?limit=1`, { as: MEERA, headers: seen });
    assert.equal([status, body.length, body[0]?.id, headers.get('x-total-count')], [200, 1, newest.id, '2'], path);
    assert.match(headers.get('link') ?? '', `</api/v1${path}?limit=1&cursor=`);
    const foreign = await api.call<OrderJson[]>(`${path}?customer_id=c-2`, { as: MEERA });
    assert.equal(foreign.body, []);
    assert.equal((await api.call<OrderJson[]>(`${path}?status=delivered`, { as: OTHER })).body, []);
    for (const as of [ADMIN, AUDITOR, COURIER]) assert.is((await api.call(path, { as })).status, 403);
  }
});

lists('an order for later waits as scheduled, and must say when', async () => {
  const scheduled_for = '2099-12-24T19:00:00+01:00';
  const { order } = await place({ scheduled_for }, '/orders/scheduled');
  assert.equal([order.status, order.delivery.scheduled_for], ['scheduled', '2099-12-24T18:00:00.000Z']);
  const refused = async (changes: Record<string, unknown>, as = MEERA) =>
    (await api.call('/orders/scheduled', { json: anOrder(changes), as })).problem;
  for (const changes of [{}, { scheduled_for: 'tomorrow' }, { scheduled_for: '2020-01-01T00:00:00Z' }]) {
    const { status, errors } = await refused(changes);
    assert.equal([status, errors[0]?.field], [422, 'scheduled_for']);
  }
  assert.is((await refused({ scheduled_for }, AUDITOR)).status, 403);
});

lists.run();
