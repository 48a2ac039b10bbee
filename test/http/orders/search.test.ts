import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dropCopy, rebuildProjection } from '../../../src/projections/engine/index.ts';
import { orderSearch, tidySearchWords } from '../../../src/projections/order-search/index.ts';
import { eventually } from '../../support/eventually.ts';
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

search('replaced and added lines are found by what they are now, after a rebuild as well', async () => {
  const { id } = await place('Replacer', null, item('Teapot', 'T-1'));
  await write(`/orders/${id}/items`, { method: 'PUT', json: { items: [item('Samovar', 'S-9')] } });
  await write(`/orders/${id}/items`, { json: { items: [item('Saucer', 'S-10')] } });
  const check = async (): Promise<void> => {
    const all = await Promise.all(['samovar', 'teapot', 'replacer', 'saucer'].map(found));
    assert.equal(all, [[id], [], [id], [id]]);
  };
  await check();
  await rebuildProjection(orderSearch, api.core);
  await check();
});

search('a corrected name and e-mail address are what an order is found by', async () => {
  const { id } = await place('Mistyped', null, item('Lamp', 'L-1'));
  const json = { customer_name: 'Corrected', customer_email: 'rightname@post.example' };
  await write(`/orders/${id}`, { method: 'PATCH', json });
  assert.equal([await found('corrected'), await found('rightname'), await found('mistyped')], [[id], [id], []]);
});

const countTerms = async (): Promise<readonly [words: number, terms: number]> => {
  const { rows } = await api.core.db.raw<{ rows: readonly { words: string; terms: string }[] }>(
    'select (select count(*) from search_words) as words, (select count(*) from search_terms) as terms',
  );
  return [Number(rows[0]?.words), Number(rows[0]?.terms)];
};

search('words that no order has any more are forgotten, and those that orders share stay', async () => {
  const { db } = api.core;
  const kept = await place('Lamplighter', null, item('Lamp', 'L'));
  await found('lamplighter');
  await dropCopy(db, orderSearch, 'kept'); // its rows have words that are not forgotten before
  await tidySearchWords(db); // of the tests before
  const before = await countTerms();
  const { id } = await place('Forgettable', 'gone@shop.example', item('Lamp', 'L'));
  assert.equal(await found('forgettable'), [id]);
  await db.raw('delete from order_search where id = ?', [id]);
  await tidySearchWords(db);
  assert.equal(await countTerms(), before);
  assert.ok((await found('lampl')).includes(kept.id));
  const again = await place('Forgettable', null, item('Lamp', 'L'));
  assert.equal(await found('forgetta'), [again.id], 'a word that comes back is found by its beginning again');
});

search('a name in a script without spaces is found by any part of it', async () => {
  const wang = await place('王小明', null, item('南京东路茶壶', 'T-2'));
  const tanaka = await place('田中 さくら', null, item('急須', 'K-1'));
  for (const q of ['小明', '王小', '王小明', '明', '京东', '东路茶', '茶壶 小明'])
    assert.equal(await found(q), [wang.id], q);
  for (const q of ['田中', 'さくら', 'くら', '急須']) assert.equal(await found(q), [tanaka.id], q);
  for (const q of ['明小', '小红', '京路']) assert.equal(await found(q), [], q);
});

search('an order is found by telephone number, however it is written, and by the end of it', async () => {
  const { id } = await write('/orders', {
    json: anOrder({ shipping_address: { street: 'Lake Road 5', city: 'Pune', phone: '+91 98765-43210' } }),
  });
  const local = await write('/orders', { json: anOrder({ billing_address: { phone: '0171 / 2345678' } }) });
  for (const q of ['+91 98765 43210', '09876543210', '98765-43210', '43210', '3210'])
    assert.equal(await found(q), [id], q);
  for (const q of ['+49 171 2345678', '01712345678', '5678']) assert.equal(await found(q), [local.id], q);
  for (const q of ['98765', '+91', '87654321']) assert.equal(await found(q), [], q);
});

search('an order is found by where it goes, who ordered, what is in it and the ids that others gave it', async () => {
  const order = await write('/orders', {
    json: anOrder({
      customer_id: 'Cust-7781',
      shipping_address: { street: 'Marienstrasse 12', city: 'Hanau', zip_code: '63450' },
      meta_data: { shop_order: 'SHOP-55-AB', nested: { not: 'SHOP-66' } },
      items: [{ ...item('Vase', 'V'), product_id: 'prod-0099' }],
    }),
  });
  for (const q of ['marienstr', 'Marienstrase', '63450 hanau', 'cust-7781', 'PROD-0099', 'shop-55-ab'])
    assert.equal(await found(q), [order.id], q);
  assert.equal(await found('shop-66'), []);
  await write(`/orders/${order.id}`, {
    method: 'PATCH',
    json: { shipping_address: { street: 'Hafenweg 3', city: 'Bremen' } },
  });
  assert.equal([await found('hafenweg'), await found('hanau')], [[order.id], []]);
  for (const action of ['confirm', 'start_processing']) await write(`/orders/${order.id}/state`, { json: { action } });
  await write(`/orders/${order.id}/state`, { json: { action: 'ship', carrier: 'DHL', tracking_number: 'JD0146-X' } });
  assert.equal(await found('jd0146-x'), [order.id]);
});

search(
  'an order is found by the number of its payment and its return, and by those that services gave them',
  async () => {
    const order = await write('/orders', { json: anOrder({ customer_name: 'Numbered' }) });
    const paid = await api.call<{ id: string; payment_number: string }>('/payments', {
      json: { order_id: order.id, method: 'bank_transfer', amount: order.total, transaction_id: 'TX-4711-b' },
    });
    for (const action of ['confirm', 'start_processing', 'ship', 'deliver'])
      await write(`/orders/${order.id}/state`, { json: { action } });
    const { items } = (await api.call<{ items: readonly { id: string }[] }>(`/orders/${order.id}`)).body;
    const returned = await api.call<{ id: string; return_number: string }>('/returns', {
      json: { order_id: order.id, reason: 'defective', items: [{ order_item_id: items[0]?.id, quantity: 1 }] },
    });
    const changed = await api.call(`/returns/${returned.body.id}`, {
      method: 'PATCH',
      json: { tracking_number: 'RT-9' },
    });
    seen = changed.headers.get('x-event-position') ?? seen;
    const numbers = [paid.body.payment_number, 'TX-4711-b', returned.body.return_number, 'RT-9'];
    for (const q of [...numbers, returned.body.return_number.toLowerCase()])
      await eventually(`${q} finds it`, async () => (await found(q))[0] === order.id);
  },
);

search('what is stored of names and addresses tells nothing without the key', async () => {
  await place('Hidden Person', 'hidden@shop.example', item('Lamp', 'L'));
  await found('hidden');
  const { rows } = await api.core.db.raw<{ rows: readonly { text: string }[] }>(
    `select row_to_json(s)::text as text from order_search s union all select word::text from search_words
     union all select token::text from search_terms`,
  );
  const stored = rows.map(({ text }) => text).join(' ');
  for (const word of ['hidden', 'person', 'lamp']) assert.not.ok(stored.includes(word), word);
});

search('who may not see every order may not search, and something must be sought', async () => {
  for (const as of [MEERA, COURIER]) assert.is((await api.call('/orders/search?q=mug', { as })).status, 403);
  for (const query of ['', '?q=', `?q=${'x'.repeat(201)}`, '?q=mug&status=pending'])
    assert.is((await api.call(`/orders/search${query}`)).status, 422, query);
});

search(
  'a lost key of the index is told, replaced by nothing but a rebuild, and then orders are found again',
  async () => {
    const { db, codec, store, dataKeys } = api.core;
    const before = await place('Zacharias Lost', null, item('Lamp', 'L'));
    assert.equal(await found('zacharias'), [before.id]);
    await db('search_key').delete();

    const answers = async () => {
      const { status, problem } = await api.call('/orders/search?q=zacharias', { as: AUDITOR });
      return status === 503 && problem.code === 'key.missing';
    };
    await eventually('the search says so', answers);
    const after = await place('Quirin New', null, item('Lamp', 'L')); // orders go on
    type Health = {
      readonly parts: readonly { readonly name: string; readonly state: string; readonly reason?: string }[];
    };
    const keysPart = async () =>
      (await api.call<Health>('//health/ready')).body.parts.find(({ name }) => name === 'keys');
    assert.match(
      (await keysPart())?.reason ?? '',
      /key_missing: .* search_key .* projections -- rebuild order_search$/,
    );
    assert.is(
      await dataKeys.forSearch().then(
        () => 'made',
        (error: unknown) => (error instanceof Error ? error.name : error),
      ),
      'KeyMissing',
    );
    assert.equal(await db('search_key'), [], 'nothing made another one');

    await Promise.all([1, 2].map(() => api.call('/admin/projections/order_search/rebuild', { json: {} })));
    assert.is((await db('search_key')).length, 1);
    assert.is((await keysPart())?.state, 'up');
    await rebuildProjection(orderSearch, { db, codec, store }); // as the worker does for that job
    await eventually('both are found', async () => {
      const ids = [...(await found('zacharias')), ...(await found('quirin'))];
      return ids.includes(before.id) && ids.includes(after.id);
    });
    const later = await place('Theodosius Later', null, item('Lamp', 'L'));
    assert.equal(await found('theodosius'), [later.id], 'the projector goes on with the new key');
    await dropCopy(db, orderSearch, 'kept');
  },
);

search.run();
