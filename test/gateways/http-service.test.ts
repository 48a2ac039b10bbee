import { Type } from '@sinclair/typebox';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSandboxService, type SandboxService } from '../../src/cli/sandbox/server.ts';
import { createHttpService, expectOk, type ServiceOptions } from '../../src/gateways/http/service.ts';
import { ServiceRejected, ServiceUnavailable } from '../../src/gateways/http/merchant-service.ts';
import { eventually } from '../support/eventually.ts';

const test = suite<{ service: SandboxService }>('a service over HTTP');
let counted = 0;
test.before.each(async (state) => {
  counted = 0;
  state.service = await startSandboxService({
    'GET /base/things/:id': ([id]) => (id === 'none' ? { status: 404 } : { status: 200, body: { id, size: 3 } }),
    'GET /base/crooked': () => ({ status: 200, body: { name: 'Zoe \ud83d\0' } }),
    'POST /base/counter': () => ({ status: 200, body: { count: ++counted } }),
    'GET /base/endless': () => ({ status: 200, body: 'x'.repeat(2 * 1024 * 1024) }),
  });
});
test.after.each(({ service }) => service.stop());

const lines: string[] = [];
const log = pino(
  { messageKey: 'msg' },
  { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
);
const open = ({ url }: SandboxService, options: Partial<ServiceOptions> = {}) =>
  createHttpService({
    name: 'thing',
    url: `${url}/base/`,
    log,
    timeoutMs: 150,
    pauseMs: 1,
    ...options,
  });
const thing = Type.Object({ id: Type.String(), size: Type.Integer() });
const getThing = (id: string) => ({ method: 'GET', path: ['things', id], answer: thing }) as const;
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

test('an answer of the right shape comes through, whatever the id is made of', async ({ service }) => {
  const { ask } = open(service);
  for (const id of ['a', 'Größe/2 %?#&', '%2e%2e'])
    assert.equal(await ask(getThing(id)), { ok: true, body: { id, size: 3 } });
});

test('half a character or a NUL in an answer comes through as U+FFFD, which every table can hold', async ({
  service,
}) => {
  const answer = await open(service).ask({
    method: 'GET',
    path: ['crooked'],
    answer: Type.Object({ name: Type.String() }),
  });
  assert.equal(answer, { ok: true, body: { name: 'Zoe \ufffd\ufffd' } });
});

test('an id that would name another path names nothing, and no request is sent', async ({ service }) => {
  const { ask } = open(service);
  for (const id of ['..', '.', '', '\ud800']) assert.equal(await ask(getThing(id)), { ok: false, status: 404 });
  assert.is(service.asked.length, 0);
});

test('a rejection is returned as one; where none is expected, it is an error that names the service', async ({
  service,
}) => {
  const http = open(service);
  const answer = await http.ask(getThing('none'));
  assert.equal(answer, { ok: false, status: 404 });
  assert.is(service.asked.length, 1, 'a no is not asked for again');
  assert.throws(
    () => expectOk(http, answer),
    (error: unknown) => error instanceof ServiceRejected,
  );
});

test('each fault is an outage; one that passes within the retries is not noticed', async ({ service }) => {
  for (const fault of ['down', 'slow', '500', 'garbage', 'half'] as const) {
    const { ask } = open(service, { breakAfter: 100 });
    service.fail(fault);
    const before = service.asked.length;
    assert.instance(await failure(ask(getThing('a'))), ServiceUnavailable, fault);
    assert.is(service.asked.length - before, 3, `${fault}: tried three times`);
    service.fail(fault, 2);
    assert.is((await ask(getThing('a'))).ok, true, fault);
  }
});

test('nothing where an answer must be, one of another shape and one without an end are outages', async ({
  service,
}) => {
  const { ask } = open(service, { retries: 0, timeoutMs: 2_000 });
  const other = Type.Object({ price: Type.Number() });
  assert.instance(await failure(ask({ ...getThing('a'), answer: other })), ServiceUnavailable);
  const endless = { method: 'GET', path: ['endless'], answer: Type.String() } as const;
  assert.instance(await failure(ask(endless)), ServiceUnavailable);
});

test('a write is repeated only with a key, and then happens once', async ({ service }) => {
  const { ask } = open(service);
  const write = {
    method: 'POST',
    path: ['counter'],
    body: {},
    answer: Type.Object({ count: Type.Integer() }),
  } as const;
  service.fail('half');
  assert.instance(await failure(ask(write)), ServiceUnavailable);
  assert.is(service.asked.length, 1);
  service.fail('half', 2);
  assert.equal(await ask({ ...write, idempotencyKey: 'k-1' }), { ok: true, body: { count: 2 } });
  assert.equal([service.asked.length, counted], [4, 2], 'asked three times more, done once more');
});

test('the service is told who asks and why', async ({ service }) => {
  const trace_id = 'a'.repeat(32);
  const { ask } = open(service, { apiKey: 'key-1', bearer: 'token-1' });
  await ask({ ...getThing('a'), trace: { request_id: 'r-1', trace_id } });
  const headers = service.asked[0]?.headers ?? {};
  assert.equal(
    [headers['x-request-id'], headers['x-api-key'], headers.authorization],
    ['r-1', 'key-1', 'Bearer token-1'],
  );
  assert.match(String(headers['traceparent']), new RegExp(`^00-${trace_id}-[0-9a-f]{16}-01$`));
});

test('connections are used again', async ({ service }) => {
  const { ask } = open(service);
  for (let n = 0; n < 20; n++) await ask(getThing('a'));
  assert.ok(service.connections() <= 2, `${service.connections()} connections`);
});

test('a service that fails time after time is left alone, then asked once, then trusted again', async ({ service }) => {
  lines.length = 0;
  const { ask } = open(service, { retries: 0, breakAfter: 3, breakForMs: 40 });
  service.fail('500');
  for (let n = 0; n < 10; n++) assert.instance(await failure(ask(getThing('a'))), ServiceUnavailable);
  assert.is(service.asked.length, 3, 'then it is left alone');
  assert.equal(lines, ['the service keeps failing; calls to it are paused']);
  await eventually('one call to be let through', async () => {
    await failure(ask(getThing('a')));
    return service.asked.length === 4;
  });
  service.fail(undefined);
  await eventually('an answer', async () => (await ask(getThing('a'))).ok);
  assert.equal(lines.slice(0, 3), [
    'the service keeps failing; calls to it are paused',
    'calling the service again',
    'the service keeps failing; calls to it are paused',
  ]);
  assert.equal(lines.slice(-2), ['calling the service again', 'the service answers again']);
});

test.run();
