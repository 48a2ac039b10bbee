import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { anOrder, startTestApi, type TestApi } from '../../support/api.ts';

const compression = suite('compressed answers');
let api: TestApi;
let token: string;

compression.before(async () => {
  api = await startTestApi();
  token = await api.token({ role: 'admin' });
  for (let n = 0; n < 3; n += 1) await place(900);
});
compression.after(() => api.close());

/** An order with long notes, in the lists. */
const place = async (length: number) => {
  const placed = await api.call('/orders', {
    json: anOrder({ notes: 'n'.repeat(length) }),
    headers: { 'accept-encoding': 'gzip' },
  });
  await api.call('/orders', { headers: { 'x-min-position': placed.headers.get('x-event-position') ?? '' } });
  return placed;
};

type Answer = { readonly status: number | undefined; readonly headers: IncomingHttpHeaders; readonly bytes: Buffer };

/** Below fetch, which undoes encodings. */
const read = async (path: string, accept?: string, method = 'GET'): Promise<Answer> => {
  const headers = { authorization: `Bearer ${token}`, ...(accept !== undefined && { 'accept-encoding': accept }) };
  const request = get(`${new URL(api.url).origin}${path}`, { headers, method });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, bytes: await buffer(response) };
};

const decoded = ({ headers, bytes }: Answer): string => {
  const encoding = headers['content-encoding'];
  if (encoding === 'br') return brotliDecompressSync(bytes).toString();
  return (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
};

compression('a list and the documentation go out in the best encoding that the client takes', async () => {
  const pages = ['/docs/swagger-ui-bundle.js', '/redoc/redoc.standalone.js', '/openapi.json', '/openapi.yaml'];
  for (const path of ['/api/v1/orders', ...pages]) {
    const plain = await read(path);
    for (const [accept, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
      ['*', 'br'],
      ['deflate', undefined],
      ['gzip;q=0', undefined],
      [undefined, undefined],
    ] as const) {
      const answer = await read(path, accept);
      assert.is(answer.status, 200);
      assert.is(answer.headers['content-encoding'], encoding, `${path} for ${accept}`);
      assert.ok(decoded(answer) === decoded(plain), `${path} for ${accept}`);
      assert.is(answer.headers.vary, 'Accept-Encoding');
      assert.is(Number(answer.headers['content-length']), answer.bytes.length);
      if (encoding !== undefined) assert.ok(answer.bytes.length < plain.bytes.length / 2, `${path} as ${encoding}`);
    }
  }
});

compression('what fits into a packet, what is written and what goes wrong go out as they are', async () => {
  assert.is((await read('/health/live', 'gzip, br')).headers['content-encoding'], undefined);
  assert.is((await read('/api/v1/orders/none', 'gzip, br')).headers['content-encoding'], undefined);
  assert.is((await place(2_000)).headers.get('content-encoding'), null);
});

compression('the ETag of an order is its revision, compressed or not, and HEAD says what GET says', async () => {
  const { body } = await place(2_000);
  const path = `/api/v1/orders/${body.id}`;
  const plain = await read(path);
  const compressed = await read(path, 'gzip');
  assert.equal([compressed.headers['content-encoding'], compressed.headers.etag], ['gzip', plain.headers.etag]);
  const head = await read(path, 'gzip', 'HEAD');
  assert.equal([head.status, head.headers['content-encoding'], head.bytes.length], [200, 'gzip', 0]);
  assert.is(head.headers['content-length'], compressed.headers['content-length']);
});

compression('an export is compressed as it is sent', async () => {
  for (const format of ['csv', 'json', 'ndjson']) {
    const path = `/api/v1/orders/export?format=${format}`;
    const compressed = await read(path, 'br, gzip');
    assert.is(compressed.headers['content-encoding'], 'gzip', format);
    assert.ok(decoded(compressed) === decoded(await read(path)), format);
    assert.is((await read(path, 'br')).headers['content-encoding'], undefined, 'streams are gzip or nothing');
  }
});

compression.run();
