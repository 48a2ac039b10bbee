import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, COURIER, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';
import { placeOrder, shipOrder, takeActions } from '../../support/core.ts';

const feedback = suite('feedback over HTTP');
let api: TestApi;

type Feedback = { readonly order_id: string; readonly rating: number; readonly comment: string | null };

feedback.before(async () => {
  api = await startTestApi({ projectors: false });
});
feedback.after(() => api.close());

const deliver = async (): Promise<string> => {
  const id = await shipOrder(api.core);
  await takeActions(api.core, id, ['deliver']);
  return id;
};

const give = (id: string, json: unknown, { as = MEERA, key = randomUUID() } = {}) =>
  api.call<Feedback>(`/orders/${id}/feedback`, { json, as, headers: { 'Idempotency-Key': key } });

feedback('the customer says how it was, once; repeated with its key it is the same word', async () => {
  const id = await deliver();
  const key = randomUUID();
  const { status, body, headers } = await give(id, { rating: 4, comment: 'गरम था ☕' }, { key });
  assert.equal([status, body.order_id, body.rating, body.comment], [201, id, 4, 'गरम था ☕']);
  const again = await give(id, { rating: 4, comment: 'गरम था ☕' }, { key });
  assert.equal([again.status, again.body], [201, body]);
  assert.is(again.headers.get('etag'), headers.get('etag'));
  assert.is((await give(id, { rating: 1 })).problem.code, 'feedback.already_given');
});

feedback('two at once: one is taken, the other rejected', async () => {
  const id = await deliver();
  const both = await Promise.all([give(id, { rating: 5 }), give(id, { rating: 1 })]);
  assert.equal(both.map(({ status }) => status).sort(), [201, 409]);
});

feedback('stars are whole, 1 to 5; a comment has at most 1000 characters and may be left out', async () => {
  const id = await deliver();
  for (const json of [{ rating: 0 }, { rating: 6 }, { rating: 4.5 }, { rating: '5' }, {}])
    assert.is((await give(id, json)).problem.errors[0]?.field, 'rating');
  assert.is((await give(id, { rating: 5, comment: 'x'.repeat(1001) })).problem.errors[0]?.field, 'comment');
  assert.is((await give(id, { rating: 5, comment: null })).body.comment, null);
});

feedback('only on what was delivered, and only by whose it is', async () => {
  const { status, problem } = await give(await placeOrder(api.core), { rating: 5 });
  assert.equal([status, problem.code, problem.current_status], [409, 'feedback.order_not_delivered', 'pending']);
  const id = await deliver();
  assert.is((await give(id, { rating: 5 }, { as: OTHER })).status, 404);
  for (const as of [ADMIN, COURIER]) assert.is((await give(id, { rating: 5 }, { as })).status, 403);
});

feedback('what was written is sealed in the log', async () => {
  const id = await deliver();
  await give(id, { rating: 5, comment: 'a secret word' });
  const stored = (await api.store.readStream(`order-${id}`)).at(-1);
  assert.equal([stored?.type, stored?.data['rating']], ['FeedbackGiven', 5]);
  assert.not.match(JSON.stringify(stored?.data), 'secret word');
});

feedback.run();
