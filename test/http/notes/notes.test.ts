import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, AUDITOR, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';
import { createPayment, deliveredOrder } from '../../support/money-over-http.ts';

const notes = suite('notes of staff over HTTP');
let api: TestApi;

type Note = {
  readonly id: string;
  readonly text: string | null;
  readonly by: string | null;
  readonly at: string;
  readonly visible_to_customer: boolean;
};

notes.before(async () => {
  api = await startTestApi();
});
notes.after(() => api.close());

/** An order, a return and a payment of Meera's, by their addresses. */
const addresses = async (): Promise<readonly string[]> => {
  const order = await deliveredOrder(api, { notes: 'Ring twice' });
  const back = await api.call<{ id: string }>(`/orders/${order.id}/return`, {
    json: { notes: 'At the door' },
    as: MEERA,
  });
  const payment = await createPayment(api, order.id, { notes: 'From my card' }, { as: MEERA });
  return [`/orders/${order.id}`, `/returns/${back.body.id}`, `/payments/${payment.body.id}`];
};

const add = (path: string, json: unknown, as = ADMIN) => api.call<Note>(`${path}/notes`, { json, as });
const list = async (path: string, as = ADMIN) => (await api.call<readonly Note[]>(`${path}/notes`, { as })).body;

notes('staff read every note; the customer reads those that are visible, without who wrote them', async () => {
  for (const path of await addresses()) {
    const own = await add(path, { text: 'Suspected fraud' });
    assert.equal([own.status, own.body.text, own.body.by], [201, 'Suspected fraud', 'admin']);
    await add(path, { text: 'We call you on Friday', visible_to_customer: true });
    const all = await list(path, AUDITOR);
    assert.equal(
      all.map(({ text, visible_to_customer }) => [text, visible_to_customer]),
      [
        ['Suspected fraud', false],
        ['We call you on Friday', true],
      ],
    );
    assert.equal(
      (await list(path, MEERA)).map(({ text, by }) => [text, by]),
      [['We call you on Friday', null]],
    );
    assert.is((await api.call(`${path}/notes`, { as: OTHER })).status, 404);
    assert.is((await add(path, { text: 'Mine' }, MEERA)).status, 403);
  }
});

notes('a note sent twice with its key is one note', async () => {
  const [order = ''] = await addresses();
  const headers = { 'idempotency-key': randomUUID() };
  const send = () => api.call<Note>(`${order}/notes`, { json: { text: 'Once' }, headers });
  const [first, again] = [await send(), await send()];
  assert.equal([again.status, again.body], [201, first.body]);
  assert.is((await list(order)).length, 1);
});

notes('notes that an admin patches are answered, kept apart, and leave the customer’s as they are', async () => {
  for (const path of await addresses()) {
    const before = (await api.call(path, { as: MEERA })).body.notes;
    assert.ok(before);
    const patched = await api.call(path, { method: 'PATCH', json: { notes: 'Suspected fraud' } });
    assert.equal([patched.status, patched.body.notes], [200, 'Suspected fraud']);
    const seen = await api.call(path, { as: MEERA });
    assert.is(seen.body.notes, before);
    assert.not.match(seen.text, 'Suspected fraud');
    assert.is((await list(path)).at(-1)?.text, 'Suspected fraud');
    await api.call(path, { method: 'PATCH', json: { notes: 'It is on its way', visible_to_customer: true } });
    assert.equal(
      (await list(path, MEERA)).map(({ text }) => text),
      ['It is on its way'],
    );
  }
});

notes('a customer changes their own notes, and does not say who sees them', async () => {
  const [order = ''] = await addresses();
  const patch = (json: unknown) => api.call(order, { method: 'PATCH', json, as: MEERA });
  assert.is((await patch({ notes: 'Ring once' })).body.notes, 'Ring once');
  assert.equal((await patch({ notes: 'x', visible_to_customer: true })).status, 403);
  assert.equal(await list(order), []);
});

notes.run();
