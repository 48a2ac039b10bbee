import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHttpGateway } from '../../src/gateways/payment/http.ts';
import { retryingGateway } from '../../src/gateways/payment/retrying-gateway.ts';
import { GatewayUnavailable, type ChargeRequest, type GatewayOutcome } from '../../src/gateways/payment/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { readLedger } from '../../src/gateways/payment/sandbox-ledger.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const test = suite<{ database: TestDatabase }>('payment gateways');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const charge = (payment_token: string | null = null): ChargeRequest => ({
  idempotency_key: randomUUID(),
  payment_id: randomUUID(),
  order_id: randomUUID(),
  customer_id: 'c-1',
  amount: 1_299,
  currency: 'EUR',
  method: 'credit_card',
  payment_token,
});

const refundOf = (request: ChargeRequest) => ({
  ...request,
  idempotency_key: randomUUID(),
  refund_id: randomUUID(),
  transaction_id: null,
  reason: null,
});

const quickly = { pausesMs: [1, 1] };
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A merchant's payment service that answers as told, and what it was asked. */
const service = async (handler: Handler) => {
  const asked: { readonly path: string; readonly key: string; readonly body: Record<string, unknown> }[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const key = String(request.headers['idempotency-key']);
      asked.push({ path: request.url ?? '', key, body: JSON.parse(body) as Record<string, unknown> });
      handler(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
};

const answering =
  (status: number, body: string): Handler =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

const outcomeAgainst = async (handler: Handler, timeoutMs = 2_000): Promise<unknown> => {
  const { url, close } = await service(handler);
  const outcome = await failure(createHttpGateway({ url, timeoutMs }).charge(charge()));
  await close();
  return outcome;
};

test('the sandbox succeeds, and the same key is one charge however often it is asked', async ({ database: { db } }) => {
  const sandbox = createSandboxGateway({ db });
  const request = charge();
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => sandbox.charge(request)));
  assert.is(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size, 1);
  const entries = (await readLedger(db, { limit: 100 })).filter(({ payment_id }) => payment_id === request.payment_id);
  assert.equal(
    entries.map(({ kind, amount, outcome, asked }) => ({ kind, amount, outcome, asked })),
    [{ kind: 'charge', amount: '1299', outcome: 'succeeded', asked: 10 }],
  );
});

test('each sandbox token drives its outcome', async ({ database: { db } }) => {
  const sandbox = createSandboxGateway({ db, slowMs: 1 });
  const gateway = retryingGateway(sandbox, quickly);
  assert.is((await gateway.charge(charge('tok_declined'))).outcome, 'declined');
  assert.is((await gateway.charge(charge('tok_flaky'))).outcome, 'succeeded', 'the third try');
  assert.is((await gateway.charge(charge('tok_slow'))).outcome, 'succeeded');
  const timedOut = charge('tok_timeout');
  assert.is((await sandbox.charge(timedOut)).outcome, 'unknown');
  assert.is((await sandbox.charge(timedOut)).outcome, 'succeeded', 'asked again with the same key');
  const noRefund = charge('tok_refund_declined');
  assert.is((await gateway.charge(noRefund)).outcome, 'succeeded');
  assert.is((await gateway.refund(refundOf(noRefund))).outcome, 'declined');
  const plain = charge();
  await gateway.charge(plain);
  assert.is((await gateway.refund(refundOf(plain))).outcome, 'succeeded');
});

test('an unknown outcome is asked for again only where the gateway honours keys', async ({ database: { db } }) => {
  const sandbox = createSandboxGateway({ db });
  const honouring = retryingGateway(sandbox, quickly);
  assert.is((await honouring.charge(charge('tok_timeout'))).outcome, 'succeeded');
  const forgetful = retryingGateway({ ...sandbox, supportsIdempotency: false }, quickly);
  const request = charge('tok_timeout');
  assert.is((await forgetful.charge(request)).outcome, 'unknown');
  const entry = (await readLedger(db, { limit: 100 })).find(({ payment_id }) => payment_id === request.payment_id);
  assert.is(entry?.asked, 1);
});

test('the payment service is asked in its own words, with the key', async () => {
  const { url, asked, close } = await service(answering(200, '{"transaction_id":"T-1","status":"ok"}'));
  const request = charge('tok_x');
  const outcome = await createHttpGateway({ url }).charge(request);
  assert.equal(outcome, {
    outcome: 'succeeded',
    transaction_id: 'T-1',
    response: { transaction_id: 'T-1', status: 'ok' },
  });
  const { payment_id, order_id, idempotency_key } = request;
  assert.equal(asked, [
    {
      path: '/payments/process',
      key: idempotency_key,
      body: {
        user_id: 'c-1',
        order_id,
        payment_id,
        amount: 12.99,
        currency: 'EUR',
        method: 'credit_card',
        payment_token: 'tok_x',
      },
    },
  ]);
  await createHttpGateway({ url }).refund(refundOf(request));
  assert.is(asked[1]?.path, '/payments/refund');
  await close();
});

test('a decline is a decline; an unreadable answer is an unknown outcome', async () => {
  const declined = (await outcomeAgainst(answering(402, '{"message":"Insufficient funds"}'))) as GatewayOutcome;
  assert.equal({ ...declined, response: null }, { outcome: 'declined', reason: 'Insufficient funds', response: null });
  const saidNo = (await outcomeAgainst(answering(200, '{"status":"DECLINED","reason":"expired"}'))) as GatewayOutcome;
  assert.is(saidNo.outcome, 'declined');
  for (const word of ['ok', 'Approved', 'SUCCEEDED', 'captured'])
    assert.is(
      ((await outcomeAgainst(answering(200, JSON.stringify({ status: word })))) as GatewayOutcome).outcome,
      'succeeded',
    );
  for (const handler of [
    answering(200, '{}'),
    answering(200, '{"transaction_id":"T-1"}'),
    answering(200, '{"status":"pending"}'),
    answering(202, '{"status":"scheduled"}'),
    answering(200, '{"status":true}'),
    answering(500, 'oops'),
    answering(200, '<html>'),
    ((request) => request.socket.destroy()) as Handler,
  ])
    assert.is(((await outcomeAgainst(handler)) as GatewayOutcome).outcome, 'unknown');
  const hanging = (await outcomeAgainst(() => undefined, 50)) as GatewayOutcome;
  assert.is(hanging.outcome, 'unknown');
});

test('only 402 and a body that says so decline; a call that was wrong is no decline', async () => {
  const outcomeOf = async (status: number, body = '{}') =>
    ((await outcomeAgainst(answering(status, body))) as GatewayOutcome).outcome;
  for (const status of [408, 409, 423, 425, 429, 500, 502, 503]) {
    assert.is(await outcomeOf(status), 'unknown', String(status));
    assert.is(await outcomeOf(status, '{"status":"declined"}'), 'unknown', String(status));
  }
  for (const status of [301, 307, 400, 401, 403, 404, 405, 422])
    assert.is(await outcomeOf(status, '{"message":"who are you?"}'), 'call_rejected', String(status));
  for (const word of ['declined', 'Rejected'])
    assert.is(await outcomeOf(422, JSON.stringify({ status: word })), 'declined', word);
  assert.is(await outcomeOf(422, '{"status":"error"}'), 'call_rejected');
  for (const status of [401, 403, 404, 405])
    assert.is(await outcomeOf(status, '{"status":"declined"}'), 'call_rejected', String(status));
  assert.is(await outcomeOf(402), 'declined');
});

test('a service that is down is left alone for a while, and then asked again', async () => {
  const gone = await service(answering(200, '{}'));
  await gone.close();
  let calls = 0;
  let up = false;
  const http = createHttpGateway({ url: gone.url });
  const counting = {
    ...http,
    charge: (request: ChargeRequest) => {
      calls += 1;
      return up
        ? Promise.resolve<GatewayOutcome>({ outcome: 'succeeded', transaction_id: 'T', response: {} })
        : http.charge(request);
    },
  };
  const gateway = retryingGateway(counting, { pausesMs: [], breakAfter: 3, breakForMs: 100 });
  for (let index = 0; index < 10; index++) assert.instance(await failure(gateway.charge(charge())), GatewayUnavailable);
  assert.is(calls, 3, 'then it is not asked any more');
  up = true;
  const deadline = Date.now() + 5_000;
  let outcome: unknown;
  do outcome = await failure(gateway.charge(charge()));
  while (outcome instanceof GatewayUnavailable && Date.now() < deadline);
  assert.is((outcome as GatewayOutcome).outcome, 'succeeded');
});

test.run();
