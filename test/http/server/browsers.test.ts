import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startTestApi, type TestApi } from '../../support/api.ts';

const browsers = suite('what browsers are told');
const SHOP = 'https://shop.example';
let api: TestApi;

browsers.before(async () => {
  api = await startTestApi({ projectors: false, options: { corsOrigins: [SHOP] } });
});
browsers.after(() => api.close());

const preflight = (origin: string, to: TestApi = api) =>
  to.call('/orders', {
    method: 'OPTIONS',
    as: null,
    unchecked: true,
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });

browsers('pages of the shop may call, and read what answers say beside the body', async () => {
  const asked = await preflight(SHOP);
  assert.equal([asked.status, asked.headers.get('access-control-allow-origin')], [204, SHOP]);
  assert.match(asked.headers.get('access-control-allow-methods') ?? '', /PATCH/);
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /Authorization.*Idempotency-Key.*If-Match/);
  for (const path of ['/orders', '/orders/none']) {
    const { headers } = await api.call(path, { headers: { origin: SHOP } });
    assert.is(headers.get('access-control-allow-origin'), SHOP, path);
    assert.match(headers.get('access-control-expose-headers') ?? '', /ETag.*Link.*X-Total-Count/);
    assert.match(headers.get('vary') ?? '', /Origin/);
    assert.is(headers.get('access-control-allow-credentials'), null);
  }
});

browsers('pages of others are told nothing', async () => {
  for (const origin of ['https://evil.example', `${SHOP}.evil.example`, 'null', SHOP.replace('https', 'http')]) {
    assert.is((await preflight(origin)).headers.get('access-control-allow-origin'), null, origin);
    const { headers } = await api.call('/orders', { headers: { origin } });
    assert.is(headers.get('access-control-allow-origin'), null, origin);
  }
});

browsers('any page may call where the shop says so, and none where it says nothing', async () => {
  for (const [corsOrigins, expected] of [
    [['*'], '*'],
    [[], null],
  ] as const) {
    const other = await startTestApi({ projectors: false, options: { corsOrigins } });
    try {
      assert.is((await preflight('https://any.example', other)).headers.get('access-control-allow-origin'), expected);
      const plain = await other.call('/orders', { method: 'OPTIONS', as: null, unchecked: true });
      assert.equal([plain.status, plain.headers.get('allow')], [204, 'GET, HEAD, OPTIONS, POST']);
    } finally {
      await other.close();
    }
  }
});

browsers('every answer forbids framing, sniffing and scripts, sets no cookie, and names no software', async () => {
  for (const [path, as] of [
    ['/orders', undefined],
    ['/orders/none', undefined],
    ['/orders', null],
    ['/nowhere', null],
    ['//health', null],
    ['//openapi.json', null],
  ] as const) {
    const { headers } = await api.call(path, { ...(as === null && { as }), unchecked: true });
    assert.is(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'", path);
    assert.equal(
      ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'cross-origin-resource-policy'].map((name) =>
        headers.get(name),
      ),
      ['nosniff', 'DENY', 'no-referrer', 'same-origin'],
    );
    assert.match(headers.get('strict-transport-security') ?? '', /max-age=\d{8}/);
    for (const absent of ['set-cookie', 'x-powered-by', 'server']) assert.is(headers.get(absent), null, absent);
  }
});

browsers('the documentation runs its own scripts and styles, and no others', async () => {
  for (const page of ['docs', 'redoc']) {
    const { status, headers, text } = await api.call(`//${page}`, { as: null, unchecked: true });
    assert.is(status, 200);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'.*script-src 'self'; .*frame-ancestors 'none'/);
    assert.not.match(policy, /script-src[^;]*unsafe/);
    const assets = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    assert.ok(assets.length > 0);
    for (const asset of assets) {
      assert.ok(asset.startsWith('/'), `${asset} is not served by us`);
      assert.is((await api.call(`/${asset}`, { as: null, unchecked: true })).status, 200, asset);
    }
  }
});

browsers.run();
