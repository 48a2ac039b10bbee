import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { anOrder, MEERA, startTestApi, type TestApi } from '../../support/api.ts';

const addresses = suite('addresses over HTTP');
let api: TestApi;

addresses.before(async () => {
  api = await startTestApi({ projectors: false, options: { requireFullAddress: true } });
});
addresses.after(() => api.close());

const FULL = {
  recipient_name: 'Meera',
  street: 'Ermou 1',
  city: 'Athens',
  state: 'Attica',
  zip_code: '10563',
  country: 'GR',
  phone: '+30 210 1',
};

addresses('REQUIRE_FULL_ADDRESS holds for no address at all, in every way an order comes in', async () => {
  const template = await api.call<{ id: string }>('/templates', {
    json: { name: 'Mondays', items: [{ product_id: 'p', quantity: 1, unit_price: 5 }] },
    as: MEERA,
  });
  const ways: readonly (readonly [string, object])[] = [
    ['/orders', anOrder({ customer_id: undefined })],
    ['/orders', anOrder({ customer_id: undefined, shipping_address: null, billing_address: FULL })],
    ['/orders/scheduled', anOrder({ customer_id: undefined, scheduled_for: '2999-01-01T00:00:00Z' })],
    ['/orders/checkout', {}],
    [`/templates/${template.body.id}/order`, {}],
  ];
  for (const [path, json] of ways) {
    const { status, problem } = await api.call(path, { json, as: MEERA });
    assert.equal([status, problem.errors[0]?.field], [422, 'shipping_address'], path);
  }
});

addresses('REQUIRE_FULL_ADDRESS holds when the address is taken away, and leaves other changes alone', async () => {
  const { body } = await api.call('/orders', { json: anOrder({ shipping_address: FULL }) });
  const change = (json: object) => api.call(`/orders/${body.id}`, { method: 'PATCH', json });
  assert.is((await change({ shipping_address: null })).status, 422);
  assert.is((await change({ notes: 'Ring twice' })).status, 200);
});

addresses('a part of an address that shows nothing is a missing part', async () => {
  for (const street of ['  ', '\u200b', '\u2060\u00ad']) {
    const { status, problem } = await api.call('/orders', { json: anOrder({ shipping_address: { ...FULL, street } }) });
    assert.equal([status, problem.errors[0]?.field], [422, 'shipping_address.street']);
  }
});

addresses('a billing address that was the shipping address by default follows when that is corrected', async () => {
  const corrected = { ...FULL, street: 'Ermou 11' };
  const change = async (order: object) => {
    const { body } = await api.call('/orders', { json: anOrder({ shipping_address: FULL, ...order }) });
    return (await api.call(`/orders/${body.id}`, { method: 'PATCH', json: { shipping_address: corrected } })).body;
  };
  assert.equal((await change({})).billing_address, corrected);
  const billing_address = { ...FULL, street: 'Stadiou 2' };
  assert.equal((await change({ billing_address })).billing_address, billing_address);
});

addresses('REQUIRE_FULL_ADDRESS holds for a corrected billing address too', async () => {
  const { body } = await api.call('/orders', { json: anOrder({ shipping_address: FULL }) });
  const change = (json: object) => api.call(`/orders/${body.id}`, { method: 'PATCH', json, as: MEERA });
  for (const billing_address of ['Ermou 1', { ...FULL, phone: undefined }])
    assert.is((await change({ billing_address })).status, 422);
  const office = { ...FULL, street: 'Stadiou 2' };
  assert.equal((await change({ billing_address: office })).body.billing_address, office);
  const corrected = (await change({ customer_email: 'meera@post.example', customer_name: 'M. Sharma' })).body;
  assert.equal([corrected.customer_email, corrected.customer_name], ['meera@post.example', 'M. Sharma']);
  assert.equal((await change({ billing_address: null })).body.billing_address, FULL);
  assert.is((await change({ customer_email: 'not an address' })).status, 422);
  for (const action of ['confirm', 'start_processing', 'ship'])
    await api.call(`/orders/${body.id}/state`, { json: { action } });
  assert.is((await change({ billing_address: office })).problem.code, 'order.billing_locked');
});

addresses.run();
