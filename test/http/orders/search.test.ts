import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rebuildProjection } from '../../../src/projections/engine/index.ts';
import { orderSearch, tidySearchWords } from '../../../src/projections/order-search/index.ts';
import { AUDITOR, COURIER, MEERA, anOrder, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';

const search = suite('search for orders');
let api: TestApi;
/** What the last write answered. */
let seen = '';

search.before(async () => {
  api = await startTestApi();
});
search.after(() => api.close());

const write = async (path: string, call: Parameters<TestApi['call']>[1]): Promise<OrderJson> => {
  const { body, headers } = await api.call(path, call);
  seen = headers.get('x-event-position') ?? seen;
  return body;
};

const item = (product_name: string, product_sku: string) => ({
  product_id: 'p',
  product_name,
  product_sku,
  unit_price: 5,
  quantity: 1,
});

const place = (customer_name: string | null, customer_email: string | null, ...items: readonly object[]) =>
  write('/orders', { json: anOrder({ customer_name, customer_email, items }) });

const find = (q: string, more = '') =>
  api.call<OrderJson[]>(`/orders/search?q=${encodeURIComponent(q)}${more}`, {
    headers: { 'x-min-position': seen },
    as: AUDITOR,
  });
const found = async (q: string) => (await find(q)).body.map(({ id }) => id);

search('an order is found by number, customer, e-mail, product and SKU', async () => {
  const mug = await place('Eleni Papadopoulou', 'eleni.p@shop.example', item('Enamel mug, blue', 'MUG-BLUE'));
  const oil = await place('मीरा शर्मा', 'meera@shop.example', item('Olive oil', 'OIL-1L'));
  const serial = mug.order_number.slice(-6);
  for (const q of [mug.order_number, mug.order_number.toLowerCase(), serial, String(Number(serial))])
    assert.is((await found(q))[0], mug.id, q);
  for (const q of ['eleni', 'PAPADOPOULOU', 'eleni.p@shop.example', 'enamel', 'mug-blue', 'blue eleni', 'Éleni'])
    assert.equal(await found(q), [mug.id], q);
  for (const q of ['मीरा', 'meera@shop.example', 'olive oil', 'oil-1l', '  शर्मा   olive '])
    assert.equal(await found(q), [oil.id], q);
  for (const q of ['shop.example', 'zzzz', 'eleni olive', "'; drop table order_search; --", '%', '_'])
    assert.equal(await found(q), [], q);
});

search('the beginning of a word is enough, and one typo is tolerated', async () => {
  const { id } = await place('Konstantin Papadimitriou', 'konstantin@shop.example', item('Ceramic kettle', 'KET-2'));
  for (const q of ['konst', 'konstantin@sh', 'ket', 'cera papad kett']) assert.ok((await found(q)).includes(id), q);
  for (const q of ['konstnatin', 'papadimitrou', 'kettel', 'konstatin@shop.example', 'ceramik ketle'])
    assert.equal(await found(q), [id], q);
});

search(
  'what was typed comes before what begins so, and that before what is merely alike; then the newest',
  async () => {
    const alike = await place('Jonass Weber', null, item('Salt cellar', 'S-1'));
    const longer = await place('Jonasson', null, item('Salt cellar', 'S-1'));
    const older = await place('Jonas', null, item('Salt cellar', 'S-1'));
    const newer = await place('Jonas', null, item('Salt cellar', 'S-1'));
    const [first, second, ...others] = await found('jonas');
    assert.equal([first, second], [newer.id, older.id]);
    assert.equal([...others].sort(), [alike.id, longer.id].sort());
  },
);

search('pages are walked by their links, and say how many there are', async () => {
  const placed: string[] = [];
  for (let n = 0; n < 5; n++) placed.unshift((await place('Walker', null, item('Lamp', 'L'))).id);
  const first = await find('walker', '&limit=2');
  assert.is(first.headers.get('x-total-count'), '5');
  const walked = first.body.map(({ id }) => id);
  let link = first.headers.get('link') ?? '';
  for (let next = /<([^>]*)>; rel="next"/.exec(link); next !== null; next = /<([^>]*)>; rel="next"/.exec(link)) {
    const page = await api.call<OrderJson[]>((next[1] ?? '').replace('/api/v1', ''));
    walked.push(...page.body.map(({ id }) => id));
    link = page.headers.get('link') ?? '';
  }
  assert.equal(walked, placed);
  assert.match(link, 'rel="prev"');
  assert.equal(
    (await find('walker', '&offset=4')).body.map(({ id }) => id),
    placed.slice(4),
  );
  assert.equal((await find('walker', '&page=9')).body, []);
  assert.is((await find('walker', '&cursor=abc')).status, 422);
});

search('replaced lines are found by what they are now, after a rebuild as well', async () => {
  const { id } = await place('Replacer', null, item('Teapot', 'T-1'));
  await write(`/orders/${id}/items`, { method: 'PUT', json: { items: [item('Samovar', 'S-9')] } });
  const check = async (): Promise<void> => {
    assert.equal([await found('samovar'), await found('teapot'), await found('replacer')], [[id], [], [id]]);
  };
  await check();
  await rebuildProjection(orderSearch, api.core);
  await check();
});

search('words that no order has any more are forgotten', async () => {
  const { db } = api.core;
  const { id } = await place('Forgettable', 'gone@shop.example', item('Lamp', 'L'));
  assert.equal(await found('forgettable'), [id]);
  await db.raw('delete from order_search where id = ?', [id]);
  await tidySearchWords(db);
  const { rows } = await db.raw<{ rows: readonly { word: string }[] }>('select word from search_words');
  const words = rows.map(({ word }) => word);
  assert.not.ok(words.some((word) => word.startsWith('forget') || word.startsWith('gone')));
  assert.ok(words.includes('lamp') === (await found('lamp')).length > 0);
});

search('a server without trigrams finds beginnings all the same', async () => {
  await api.core.db.raw('drop extension pg_trgm cascade');
  const { id } = await place('Unforgiven', null, item('Lamp', 'L'));
  assert.equal([await found('unforg'), await found('unforgivven')], [[id], []]);
});

search('who may not see every order may not search, and something must be sought', async () => {
  for (const as of [MEERA, COURIER]) assert.is((await api.call('/orders/search?q=mug', { as })).status, 403);
  for (const query of ['', '?q=', `?q=${'x'.repeat(201)}`, '?q=mug&status=pending'])
    assert.is((await api.call(`/orders/search${query}`)).status, 422, query);
});

search.run();
