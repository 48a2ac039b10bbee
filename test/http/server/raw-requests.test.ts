import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mintToken } from '../../../src/http/server/auth/tokens.ts';
import { createProcessLogger } from '../../../src/app/process-logger.ts';
import { anOrder, startTestApi, type TestApi } from '../../support/api.ts';

const raw = suite('requests as no client library would send them');

const SECRET = 'a secret of at least thirty-two bytes';
const log: string[] = [];
let api: TestApi;
let admin: string;
let orderId: string;

raw.before(async () => {
  const logger = createProcessLogger({ level: 'trace', role: 'api', stream: { write: (line) => void log.push(line) } });
  api = await startTestApi({ options: { logger, tokens: { secret: SECRET } } });
  admin = await mintToken({ secret: SECRET }, { role: 'admin' });
  const headers = { authorization: `Bearer ${admin}` };
  orderId = (await api.call('/orders', { as: null, headers, json: anOrder() })).body.id;
});
raw.after(() => api.close());

/** Writes it as it is and reads until the server closes. */
const send = async (head: readonly string[], body = ''): Promise<string> => {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${head.join('\r\n')}\r\nHost: x\r\nConnection: close\r\n\r\n${body}`, 'latin1');
  return text(socket);
};

const get = (path: string, ...headers: readonly string[]): Promise<string> =>
  send([`GET ${path} HTTP/1.1`, `Authorization: Bearer ${admin}`, ...headers]);

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const headOf = (answer: string): string => answer.split('\r\n\r\n')[0] ?? '';

raw('no path leads out of what is served', async () => {
  for (const path of [
    '/docs/../package.json',
    '/docs/../../../../etc/passwd',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/....//....//package.json',
    '/docs//etc/passwd',
    '/docs/%00',
    '/redoc/../openapi.json',
    '/redoc/redoc.standalone.js%00.css',
    '/api/v1/orders/../admin/jobs',
    '/api/v1/orders/%2e%2e/admin/jobs',
    '/api/v1/orders/..%2fadmin%2fjobs',
    `/api/v1/invoices/..%2f..%2f..%2fetc%2fpasswd/download`,
    '//etc/passwd',
    'file:///etc/passwd',
    'http://169.254.169.254/latest/meta-data',
  ]) {
    const answer = await get(path);
    assert.ok([400, 404].includes(statusOf(answer)), `${path}: ${answer.slice(0, 80)}`);
    assert.not.match(answer, /root:|"dependencies"|waybill-test/);
  }
});

raw('no line break makes a header of ours', async () => {
  const breaks = ['%0d%0a', '%0a', '%0d', '%E5%98%8A%E5%98%8D', '\n'];
  for (const one of breaks) {
    for (const path of [
      `/api/v1/orders/x${one}X-Injected:%201`,
      `/api/v1/orders?customer_id=x${one}X-Injected:%201`,
      `/api/v1/orders?cursor=x${one}X-Injected:%201`,
      `/x${one}X-Injected:%201`,
    ]) {
      const head = headOf(await get(path.replaceAll(' ', '%20')));
      assert.not.match(head, /^x-injected/im, path);
    }
    const id = headOf(await get('/health', `X-Request-Id: a${one === '\n' ? '%0a' : one}X-Injected: 1`));
    assert.match(id, /^X-Request-Id: [\w-]{36}\r?$/im, 'an id that could be more than an id is replaced');
  }
});

raw('two requests cannot be made of one, nor one of two', async () => {
  const post = [`POST /api/v1/orders HTTP/1.1`, `Authorization: Bearer ${admin}`, 'Content-Type: application/json'];
  const before = await api.countEvents();
  for (const lengths of [
    ['Content-Length: 4', 'Transfer-Encoding: chunked'],
    ['Content-Length: 4', 'Content-Length: 5'],
    ['Transfer-Encoding: xchunked'],
    ['Content-Length: -1'],
    ['Content-Length : 4'],
    ['Content-Length: 4\n Transfer-Encoding: chunked'],
  ]) {
    const answer = await send([...post, ...lengths], '0\r\n\r\nGET /api/v1/admin/jobs HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.is(statusOf(answer), 400, `${lengths.join()}: ${answer.slice(0, 60)}`);
    assert.is(answer.split('HTTP/1.1 ').length, 2, lengths.join());
  }
  assert.is(await api.countEvents(), before);
});

const NASTY = 'a\nb\r\nc\u001b[31mred\u001b[0m\u0007\u009b31m\u2028"}\n{"level":"fatal","msg":"forged"}';

raw('what is sent is one line of the log at most, and moves no terminal', async () => {
  log.length = 0;
  const authorization = `Bearer ${await mintToken({ secret: SECRET }, { role: 'customer', sub: 'c-1', name: NASTY })}`;
  const headers = { authorization };
  const item = { product_id: 'p-1', product_name: NASTY, unit_price: 1, quantity: 1 };
  const placed = await api.call('/orders', { as: null, headers, json: { items: [item], notes: NASTY } });
  assert.equal([placed.status, placed.body.notes], [201, NASTY]);
  await api.call(`/orders/${encodeURIComponent(NASTY)}`, { as: null, headers });
  await api.call(`/${encodeURIComponent(NASTY)}`, { as: null, headers, unchecked: true });
  await api.call('/admin/jobs', { as: null, headers });
  await get('/health', 'User-Agent: x\u001b[2J', 'X-Request-Id: x\u001b[2J', 'traceparent: 00-\u001b[2J');
  const lines = log.join('').split('\n');
  assert.is(lines.pop(), '');
  for (const line of lines) {
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    assert.ok(level !== 'fatal' && msg !== 'forged', line);
    // What a terminal acts on: C0 and C1 controls, and the line ends that some readers know beside \n.
    assert.not.match(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u, JSON.stringify(line));
  }
  assert.ok(lines.some((line) => line.includes('"event":"auth.denied"')));
});

raw('headers that other servers obey are headers and nothing else', async () => {
  const token = await mintToken({ secret: SECRET }, { role: 'customer', sub: 'c-1' });
  const ask = (path: string, header: string) =>
    send([`GET ${path} HTTP/1.1`, `Authorization: Bearer ${token}`, header]);
  for (const header of ['X-Forwarded-User: admin', 'X-User-Role: admin', 'X-Original-URL: /health', 'Role: admin'])
    assert.is(statusOf(await ask('/api/v1/admin/jobs', header)), 403, header);
  for (const header of ['X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE', 'X-HTTP-Method: DELETE'])
    assert.match(await ask(`/api/v1/orders/${orderId}`, header), '"status":"pending"', header);
  assert.match(await ask(`/api/v1/orders/${orderId}?_method=DELETE`, 'X: y'), /^HTTP\/1\.1 422/);
});

raw.run();
