import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { secretKey } from '../../../src/http/server/auth/tokens.ts';
import { ADMIN, anOrder, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { shipOrder, takeActions } from '../../support/core.ts';

const exact = suite('requests are taken exactly or not at all');
const SECRET = 'a secret of at least thirty-two bytes';
let api: TestApi;

exact.before(async () => {
  api = await startTestApi({ projectors: false });
});
exact.after(() => api.close());

const wrongFields = async (json: unknown): Promise<readonly (string | undefined)[]> => {
  const { status, problem } = await api.call('/orders', { json });
  assert.is(status, 422);
  return problem.errors.map(({ field }) => field);
};

exact('meta data that is nested 5000 levels deep is 422', async () => {
  const nested = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  const raw = JSON.stringify(anOrder()).replace(/}$/, `,"meta_data":${nested}}`);
  const { status, problem } = await api.call('/orders', { raw, headers: { 'content-type': 'application/json' } });
  assert.is(status, 422);
  assert.match(problem.errors[0]?.message ?? '', /deeper than 32 levels/);
});

exact('an address in another case or with a slash at its end is 404', async () => {
  for (const path of ['//METRICS', '//metrics/', '//health/', '//api/v1/orders/', '//API/v1/orders', '/Orders'])
    assert.is((await api.call(path, { unchecked: true })).status, 404, path);
});

exact('an id with spaces around it or with invisible characters is rejected', async () => {
  for (const customer_id of [' c-1 ', 'c-1\u00a0', 'c-\u200b1', 'c-1\u2060', 'c-1\ufeff', 'c-1\u00ad', 'c-\u034f1'])
    assert.equal(await wrongFields(anOrder({ customer_id })), ['customer_id'], JSON.stringify(customer_id));
});

exact('an e-mail address is one address, without brackets', async () => {
  for (const customer_email of ['a,b@evil.example', '<a@b.example>', 'a@b.example,c@d.example', '"a b"@c.example'])
    assert.equal(await wrongFields(anOrder({ customer_email })), ['customer_email'], customer_email);
  const { status } = await api.call('/orders', { json: anOrder({ customer_email: "o'hara+x@müller.example" }) });
  assert.is(status, 201);
});

exact('a token whose exp is no time is rejected', async () => {
  const token = await new SignJWT({ role: 'admin', sub: 'a-1', exp: 1e300 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secretKey(SECRET));
  const own = await startTestApi({ projectors: false, options: { tokens: { secret: SECRET } } });
  try {
    const answer = await own.call('/orders', { as: null, headers: { authorization: `Bearer ${token}` } });
    assert.equal([answer.status, answer.problem.code], [401, 'auth.invalid_token']);
  } finally {
    await own.close();
  }
});

exact('a header of which Node.js would read only the first is 400 when it comes twice', async () => {
  for (const twice of [
    'Host: a\r\nhost: b',
    'Host: a\r\nAuthorization: Bearer x\r\nauthorization: Bearer y',
    'Host: a\r\nContent-Type: application/json\r\nContent-Type: text/plain',
  ]) {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /health HTTP/1.1\r\n${twice}\r\nConnection: close\r\n\r\n`);
    assert.match(await text(socket), /^HTTP\/1\.1 400 /, twice);
  }
});

exact('If-Match holds for a return and for feedback, and is rejected where there is nothing to compare', async () => {
  const id = await shipOrder(api.core);
  await takeActions(api.core, id, ['deliver']);
  const stale = { 'if-match': '"0"' };
  const etag = (await api.call(`/orders/${id}`)).headers.get('etag') ?? '';
  for (const [path, json] of [
    ['feedback', { rating: 5 }],
    ['return', {}],
    ['request-return', {}],
  ] as const) {
    const { status } = await api.call(`/orders/${id}/${path}`, { json, as: MEERA, headers: stale });
    assert.is(status, 412, path);
  }
  const returned = await api.call(`/orders/${id}/return`, { json: { force: true }, headers: { 'if-match': etag } });
  assert.is(returned.status, 201, returned.text);
  const placed = await api.call('/orders', { json: anOrder(), as: ADMIN, headers: stale });
  assert.equal([placed.status, placed.problem.errors[0]?.field], [422, 'If-Match']);
});

exact.run();
