import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSandboxService, type Answered, type SandboxService } from '../../../src/cli/sandbox/server.ts';
import { createValidateToken } from '../../../src/gateways/auth/http.ts';
import { createHttpService } from '../../../src/gateways/http/service.ts';
import { createBearer } from '../../../src/http/server/auth/bearer.ts';
import { createIntrospection } from '../../../src/http/server/auth/introspection.ts';
import { mintToken, type TokenRequest, type TokenTrust } from '../../../src/http/server/auth/tokens.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

const introspection = suite('tokens that an auth service validates');

const SECRET = 'a secret of at least thirty-two bytes';
const ADMIN = { user_id: 'a-1', email: 'a@shop.example', name: 'Ada', role: 'admin' };

let service: SandboxService;
let api: TestApi;
let says: (token: string) => Answered;
let fresh = 0;

/** A token that was not used before. */
const newToken = (): string => `opaque-token-${++fresh}`;

const silent = pino({ level: 'silent' });

const validating = (changes: { readonly breakAfter?: number } = {}) =>
  createValidateToken(
    createHttpService({
      name: 'auth',
      url: service.url,
      log: silent,
      timeoutMs: 60,
      pauseMs: 1,
      breakAfter: 1_000,
      ...changes,
    }),
  );

const startApi = (tokens: TokenTrust) => startTestApi({ projectors: false, options: { tokens } });

introspection.before(async () => {
  service = await startSandboxService(
    { 'POST /api/auth/validate-token': (_, { token }) => says(String(token)) },
    { slowMs: 500 },
  );
  api = await startApi({ validateToken: validating() });
});
introspection.before.each(() => {
  service.fail(undefined);
  says = () => ({ status: 200, body: { valid: true, ...ADMIN } });
});
introspection.after(async () => {
  await api.close();
  await service.stop();
});

const failure = (promise: Promise<unknown>): Promise<string> => promise.then(String, String);

const ask = (token: string, { on = api, path = '/admin/jobs', headers = {} } = {}) =>
  on.call<unknown>(path, { as: null, headers: { authorization: `Bearer ${token}`, ...headers } });

introspection(
  'a user that the service knows is admitted under the id and role it answers, in any spelling',
  async () => {
    const spellings: readonly object[] = [
      ADMIN,
      { userId: 7, role: 'Administrator' },
      { success: true, data: { user: { id: 'a-1', role: 'ADMIN', email: null } } },
      { data: { uid: 'a-1', role: 'admin' } },
      { user: { sub: 'a-1', role: 'admin', full_name: 'Ada' } },
    ];
    for (const body of spellings) {
      says = () => ({ status: 200, body });
      assert.is((await ask(newToken())).status, 200, JSON.stringify(body));
    }
    says = () => ({ status: 200, body: { id: 'c-1', role: 'user' } });
    const token = newToken();
    assert.is((await ask(token, { path: '/orders' })).status, 200);
    assert.is((await ask(token)).status, 403, 'user means customer');
  },
);

introspection('a user that it rejects gets 401, and is asked for again the next time', async () => {
  const token = newToken();
  for (const no of [
    { status: 401, body: { message: 'unknown' } },
    { status: 403 },
    { status: 422 },
    { status: 200, body: { valid: false } },
    { status: 200, body: { active: false, ...ADMIN } },
    { status: 200, body: { success: false } },
  ]) {
    says = () => no;
    const { status, problem, headers } = await ask(token);
    assert.equal([status, problem.code], [401, 'auth.invalid_token'], JSON.stringify(no));
    assert.match(headers.get('www-authenticate') ?? '', 'invalid_token');
  }
  says = () => ({ status: 200, body: { user_id: 'x', role: 'root' } });
  assert.is((await ask(token)).status, 401, 'no role of ours');
  says = () => ({ status: 200, body: ADMIN });
  assert.is((await ask(token)).status, 200);
});

introspection('a service that is down, slow or answers nonsense admits no user, and is asked again', async () => {
  const closed = async (what: string) => {
    const answer = await ask(newToken());
    assert.equal([answer.status, answer.problem.code], [503, 'service.unavailable'], what);
    assert.is(answer.headers.get('retry-after'), '5', what);
    assert.not.match(answer.text, /127\.0\.0\.1|validate-token/);
  };
  for (const fault of ['down', 'slow', '500', 'garbage', 'half'] as const) {
    service.fail(fault);
    await closed(fault);
  }
  service.fail(undefined);
  for (const body of [
    {},
    [],
    'yes',
    { valid: true },
    { user_id: 'a-1' },
    { role: 'admin' },
    { user_id: {}, role: 1 },
  ]) {
    says = () => ({ status: 200, body });
    await closed(JSON.stringify(body));
  }
  for (const status of [204, 302, 404, 429]) {
    says = () => ({ status });
    await closed(String(status));
  }
  says = () => ({ status: 200, body: ADMIN });
  assert.is((await ask(newToken())).status, 200);
});

introspection(
  'one failed attempt is made good by the next, and calls to a service that stays down are paused',
  async () => {
    service.fail('500', 1);
    assert.is((await ask(newToken())).status, 200);
    service.fail('down');
    const validate = validating({ breakAfter: 2 });
    for (let n = 0; n < 5; n++) assert.match(await failure(validate(newToken())), /auth service/);
    const { length } = service.asked;
    assert.match(await failure(validate(newToken())), /calls to it are paused/);
    assert.is(service.asked.length, length);
  },
);

introspection(
  'the same token is asked for once by those who come together, and remembered for a while only',
  async () => {
    const token = newToken();
    const before = service.asked.length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(token)));
    await ask(token);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.is(service.asked.length - before, 1);

    const bearer = createBearer(createIntrospection(validating(), undefined), 5);
    await bearer(token);
    await new Promise((resolve) => setTimeout(resolve, 10));
    says = () => ({ status: 401 });
    assert.match(await failure(Promise.resolve(bearer(token))), 'auth.invalid_token');
  },
);

introspection('the trace goes along, and connections are used again', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'x-request-id': 'request-7' };
  const token = newToken();
  await ask(token, { headers });
  const asked = service.asked.at(-1);
  assert.match(String(asked?.headers['traceparent']), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  assert.is(asked?.headers['x-request-id'], 'request-7');
  assert.is(asked?.headers.authorization, `Bearer ${token}`);
  const before = service.connections();
  for (let n = 0; n < 5; n++) await ask(newToken());
  assert.ok(service.connections() - before <= 1, `${service.connections() - before} new connections`);
});

introspection('what is no token is not even asked for', async () => {
  const before = service.asked.length;
  for (const token of ['ä', 'a,b', '<x>', 'x'.repeat(9_000)]) assert.is((await ask(token)).status, 401, token);
  assert.is(service.asked.length, before);
});

introspection('with keys of our own a token must pass both, and the service has the last word', async () => {
  const both = await startApi({ secret: SECRET, validateToken: validating() });
  const tokenOf = (request: TokenRequest) => mintToken({ secret: SECRET }, request);
  try {
    const before = service.asked.length;
    assert.is((await ask(newToken(), { on: both })).status, 401);
    const forged = await mintToken({ secret: SECRET.toUpperCase() }, { role: 'admin', sub: 'a-1' });
    assert.is((await ask(forged, { on: both })).status, 401);
    assert.is(service.asked.length, before, 'a token that our keys reject is not asked for');

    const token = await tokenOf({ role: 'admin', sub: 'a-1' });
    says = () => ({ status: 401 });
    assert.is((await ask(token, { on: both })).status, 401, 'taken back');
    says = () => ({ status: 200, body: { ...ADMIN, user_id: 'a-2' } });
    assert.is((await ask(token, { on: both })).status, 401, 'the token of another');
    service.fail('down');
    assert.is((await ask(token, { on: both })).status, 503, 'our keys alone admit no user');
    service.fail(undefined);
    says = () => ({ status: 200, body: { ...ADMIN, role: 'auditor' } });
    assert.is((await ask(token, { on: both })).status, 200);
    const written = await both.call('/orders', {
      as: null,
      json: {},
      headers: { authorization: `Bearer ${token}` },
    });
    assert.is(written.status, 403, 'the role is the service’s');
  } finally {
    await both.close();
  }
});

introspection.run();
