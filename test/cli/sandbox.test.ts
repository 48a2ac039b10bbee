import { parseEnv } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/index.ts';
import { mintToken } from '../../src/http/server/auth/tokens.ts';
import { eventually } from '../support/eventually.ts';
import { startMain, type MainProcess } from '../support/main-process.ts';

const test = suite('the sandbox');

let sandbox: MainProcess;
let variables: NodeJS.Dict<string>;

test.before(async () => {
  sandbox = await startMain(['sandbox', '--port', '0'], { env: process.env });
  const { out } = sandbox;
  await eventually('it says what it is', () => out().includes('/_sandbox/asked'), { within: 10_000 });
  variables = parseEnv(out().slice(0, out().indexOf('\n\n')));
});
test.after(() => sandbox.signal('SIGKILL'));

const cart = (path = '/api/v1/cart/customer', init?: RequestInit): Promise<Response> =>
  fetch(`${variables['CART_SERVICE_URL'] ?? ''}${path}`, init);

test('it prints variables that Waybill starts with', () => {
  const config = loadConfig({ ...variables });
  assert.is(config.payments.serviceUrl?.replace(/\/$/, ''), variables['PAYMENT_SERVICE_URL']);
});

test('its services answer, and fail on request', async () => {
  assert.is((await cart()).status, 200);
  const fault = { method: 'PUT', body: JSON.stringify({ fault: '500', times: 1 }) };
  assert.is((await cart('/_sandbox/fault', fault)).status, 200);
  assert.is((await cart()).status, 500);
  assert.is((await cart()).status, 200);
});

test('a token that Waybill has signed opens its door, a made-up one does not', async () => {
  const ask = (token: string) =>
    fetch(`${variables['AUTH_SERVICE_URL'] ?? ''}/api/auth/validate-token`, {
      method: 'POST',
      body: JSON.stringify({ token }),
    });
  const answer = await ask(await mintToken({ secret: 'x'.repeat(32) }, { role: 'admin', sub: 'boss' }));
  assert.equal([answer.status, ((await answer.json()) as { user: { id: string } }).user.id], [200, 'boss']);
  assert.is((await ask('a.b.c')).status, 401);
});

test('unknown requests are rejected', async () => {
  const fault = { method: 'PUT', body: JSON.stringify({ fault: 'tired' }) };
  assert.is((await cart('/_sandbox/fault', fault)).status, 422);
});

test('Ctrl-C ends it', async () => {
  sandbox.signal('SIGINT');
  assert.is(await sandbox.exited, 0);
});

test.run();
