import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Core, placeOrder, takeActions, testCore } from '../support/core.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { createSendWebhook } from '../../src/webhooks/sender.ts';
import { deliverWebhooks } from '../../src/webhooks/dispatcher.ts';
import { createOutgoingPost, type OutgoingPost } from '../../src/platform/outgoing-post.ts';
import { openEndpoints, type Endpoints } from '../../src/webhooks/endpoints.ts';
import { webhookSecrets } from '../../src/webhooks/secrets.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startReceiver, type Received, type Receiver } from '../support/receiver.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const test = suite('webhooks');
const masterKey = randomBytes(32);
const secrets = webhookSecrets(masterKey);
const hasty = createOutgoingPost({ allowPrivate: true, timeoutMs: 150 });
const unhurried = createOutgoingPost({ allowPrivate: true });
const silent = pino({ level: 'silent' });
const HOUR = 3_600_000;

let database: TestDatabase;
let core: Core;
let endpoints: Endpoints;
const receivers: Receiver[] = [];
const workers: AbortController[] = [];

type Message = {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly data: Record<string, unknown>;
};
const messageIn = ({ body }: Received): Message => JSON.parse(body) as Message;

test.before(async () => {
  database = await openTestDatabase();
  core = testCore(database.db, openPostgresEventStore({ url: database.url }), masterKey);
  endpoints = openEndpoints(database.db, secrets);
});
test.after.each(async () => {
  for (const worker of workers.splice(0)) worker.abort();
  await database.db('webhook_endpoints').delete();
  for (const receiver of receivers.splice(0)) await receiver.stop();
});
test.after(async () => {
  await hasty.close();
  await unhurried.close();
  await core.store.close();
  await database.close();
});

const receive = async (): Promise<Receiver> => {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
};

/** A subscriber to these events, from now on. */
const subscribe = async (receiver: Receiver, types: readonly string[] = ['*']): Promise<string> => {
  const id = randomUUID();
  const position = await core.store.head();
  await endpoints.create({ id, url: `${receiver.url}/hook`, types, description: null, position });
  return id;
};

const open = (clock = virtualClock().clock, post: Pick<OutgoingPost, 'send'> = unhurried) => {
  const stop = new AbortController();
  workers.push(stop);
  const { codec, store } = core;
  const send = createSendWebhook(post);
  const { db } = database;
  const options = { codec, store, send, clock, db, secrets, log: silent, lookEveryMs: 10, leaseMs: 10_000 };
  const done = deliverWebhooks({ ...options, signal: stop.signal });
  return async (): Promise<void> => {
    stop.abort();
    await done;
  };
};

const messagesOf = (receiver: Receiver, stream: string): readonly Message[] =>
  receiver.received.map(messageIn).filter((message) => message.stream === stream);
type LogRow = { readonly outcome: string; readonly attempt: number; readonly revision: string };
const logOf = (id: string): Promise<readonly LogRow[]> =>
  database.db('webhook_deliveries').where('endpoint_id', id).orderBy('id').select<readonly LogRow[]>();
const isDone = (id: string) =>
  eventually('everything is dealt with', async () => {
    const found = await endpoints.find(id);
    return found !== undefined && found.position >= (await core.store.head()) && found.held === 0;
  });

test('an event is sent once, signed, without personal data', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver);
  const close = open();
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing']);
  await isDone(id);
  await close();
  const secret = (await endpoints.secretOf(id)) ?? '';
  const events = await core.store.readStream(`order-${order}`);
  assert.equal(
    messagesOf(receiver, `order-${order}`).map((message) => [message.id, message.type, message.revision]),
    events.map((event) => [event.id, event.type, String(event.revision)]),
  );
  for (const { body, headers } of receiver.received) {
    assert.ok(new Webhook(secret).verify(body, headers as Record<string, string>));
    assert.is(headers['webhook-id'], messageIn({ body, headers, path: '' }).id);
    assert.not.match(body, 'personal');
    assert.not.match(body, 'sealed');
  }
  const log = await logOf(id);
  assert.ok(log.length > 0 && log.every(({ outcome, attempt }) => outcome === 'accepted' && attempt === 1));
});

test('only the wanted types are sent, and the place moves over the others', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver, ['OrderShipped', 'OrderConfirmed']);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing']);
  const close = open();
  await eventually('it came', () => receiver.received.length > 0);
  await close();
  assert.equal(
    receiver.received.map((one) => messageIn(one).type),
    ['OrderConfirmed'],
  );
  assert.ok(((await endpoints.find(id))?.position ?? 0n) > 0n);
});

test('a stream waits for its rejected event, others go on, and nothing is overtaken', async () => {
  const { clock, pass } = virtualClock();
  const receiver = await receive();
  const id = await subscribe(receiver);
  const [bad, good] = [await placeOrder(core), await placeOrder(core)];
  receiver.react((one) => ({ status: messageIn(one).stream === `order-${bad}` ? 500 : 204 }));
  const close = open(clock);
  for (const order of [bad, good]) await takeActions(core, order, ['confirm', 'start_processing']);
  await eventually('the good one came through', () => messagesOf(receiver, `order-${good}`).length === 3);
  await eventually('the bad one is held', async () => (await endpoints.find(id))?.held === 1);
  assert.is(messagesOf(receiver, `order-${bad}`).length, 1, 'nothing later was sent');
  pass(4_000);
  receiver.react(() => ({ status: 204 }));
  pass(2_000);
  await isDone(id);
  await close();
  const sent = messagesOf(receiver, `order-${bad}`);
  assert.equal(
    sent.map(({ revision }) => revision),
    ['0', '0', '1', '2'],
  );
  assert.is(sent[0]?.id, sent[1]?.id, 'the same message keeps its id');
});

test('after three days an event is parked, and the next one is sent', async () => {
  const { clock, pass } = virtualClock();
  const receiver = await receive();
  const id = await subscribe(receiver);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm']);
  receiver.react((one) => ({ status: messageIn(one).type === 'OrderPlaced' ? 503 : 204 }));
  const started = clock.now();
  const close = open(clock);
  const tries = async () => (await logOf(id)).length;
  for (let tried = 1; (await endpoints.find(id))?.parked === 0; tried++) {
    assert.ok(tried < 30, 'it ends');
    await eventually(`attempt ${tried}`, async () => (await tries()) >= tried);
    if (tried < 17) assert.is(messagesOf(receiver, `order-${order}`).at(-1)?.type, 'OrderPlaced');
    if (tried < 17) pass(9 * HOUR);
    else await eventually('it is parked', async () => (await endpoints.find(id))?.parked === 1);
  }
  await isDone(id);
  await close();
  assert.ok(clock.now() - started > 72 * HOUR);
  const log = await logOf(id);
  assert.equal(
    log.map(({ outcome }) => outcome),
    [...Array<string>(16).fill('failed'), 'parked', 'accepted'],
  );
  assert.equal(
    log.map(({ attempt }) => attempt),
    [...Array.from({ length: 17 }, (_, n) => n + 1), 1],
  );
});

test('a dead endpoint is left alone, delays no other, costs next to nothing, and gets everything once it is back', async () => {
  const { clock, pass } = virtualClock();
  const [dead, alive] = [await receive(), await receive()];
  dead.react(() => 'hang');
  const [deadId, aliveId] = [await subscribe(dead), await subscribe(alive)];
  // Only who hangs is waited for briefly: on a busy machine the others may take longer.
  let isHanging = true;
  const postTo = ({ url }: { readonly url: string }) => (isHanging && url.startsWith(dead.url) ? hasty : unhurried);
  const close = open(clock, { send: (request) => postTo(request).send(request) });
  const orders = await Promise.all(Array.from({ length: 30 }, () => placeOrder(core)));
  await isDone(aliveId);
  assert.is(alive.received.length, 30);
  await eventually('it is known to fail', async () => (await endpoints.find(deadId))?.failing_since !== null);
  const held = (await endpoints.find(deadId))?.held ?? 0;
  assert.ok(held >= 5 && held < 15, `${held} streams are held`);
  dead.received.splice(0);
  dead.react(() => ({ status: 200 }));
  isHanging = false;
  pass(6_000);
  await isDone(deadId);
  await close();
  assert.equal(
    new Set(dead.received.map((one) => messageIn(one).stream)),
    new Set(orders.map((order) => `order-${order}`)),
  );
  assert.is((await endpoints.find(deadId))?.failing_since, null);
});

test('410 switches an endpoint off; switched on again it gets what it missed', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver);
  receiver.react(() => ({ status: 410 }));
  const close = open();
  const order = await placeOrder(core);
  const off = await eventually('it is switched off', async () => {
    const found = await endpoints.find(id);
    return found?.enabled === false && found;
  });
  assert.match(off.disabled_reason ?? '', '410');
  receiver.react(() => ({ status: 204 }));
  await takeActions(core, order, ['confirm']);
  await endpoints.change(id, { enabled: true }, undefined);
  await isDone(id);
  await close();
  assert.equal(
    messagesOf(receiver, `order-${order}`).map(({ revision }) => revision),
    ['0', '0', '1'],
  );
});

test('everything can be sent again from any position, in its order', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver);
  const after = await core.store.head();
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm']);
  const close = open();
  await isDone(id);
  assert.is(await endpoints.replay(id, (await core.store.head()) + 1n), false, 'never forward');
  assert.is(await endpoints.replay(id, after), true);
  await eventually('it came again', () => receiver.received.length === 4);
  await isDone(id);
  await close();
  assert.equal(
    messagesOf(receiver, `order-${order}`).map(({ revision }) => revision),
    ['0', '1', '0', '1'],
  );
});

/** What is sent now is in the receiver's hands, and is answered when it says so. */
const slowly = (receiver: Receiver) => {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  receiver.react(async () => {
    await answered;
    return { status: 204 };
  });
  return { answer };
};

const revisionsOf = (receiver: Receiver, order: string) =>
  messagesOf(receiver, `order-${order}`).map(({ revision }) => revision);

for (const change of [
  { description: 'another name' },
  { types: ['OrderPlaced', 'OrderConfirmed', 'OrderProcessingStarted'] },
  { enabled: true },
])
  test(`a change of a webhook (${Object.keys(change).join()}) sends nothing twice and loses nothing`, async () => {
    const receiver = await receive();
    const id = await subscribe(receiver, ['OrderPlaced', 'OrderProcessingStarted']);
    const close = open();
    const [busy, other] = [await placeOrder(core), await placeOrder(core)];
    await isDone(id);
    receiver.received.splice(0);
    const { answer } = slowly(receiver);
    await takeActions(core, other, ['confirm', 'start_processing']);
    await eventually('it is on its way', () => receiver.received.length === 1);
    await endpoints.change(id, change, undefined);
    answer();
    await takeActions(core, busy, ['confirm', 'start_processing']);
    await isDone(id);
    await close();
    assert.equal(revisionsOf(receiver, busy), 'types' in change ? ['1', '2'] : ['2']);
    if (!('types' in change)) assert.equal(revisionsOf(receiver, other), ['2']);
    const log = await logOf(id);
    assert.ok(log.length > 0 && log.every(({ outcome }) => outcome === 'accepted'));
  });

test('a change between two events delivers neither twice, and a 410 of the old address does not switch the new one off', async () => {
  const [old, fresh] = [await receive(), await receive()];
  const id = await subscribe(old);
  const close = open();
  const order = await placeOrder(core);
  await isDone(id);
  const { answer } = slowly(old);
  await takeActions(core, order, ['confirm']);
  await eventually('it is on its way', () => old.received.length === 2);
  old.react(() => ({ status: 410 }));
  await endpoints.change(id, { url: `${fresh.url}/hook` }, undefined);
  answer();
  await takeActions(core, order, ['start_processing']);
  await isDone(id);
  await close();
  assert.is((await endpoints.find(id))?.enabled, true);
  assert.equal(
    (await logOf(id)).flatMap(({ outcome, revision }) => (outcome === 'accepted' ? [revision] : [])),
    ['0', '1', '2'],
  );
  assert.equal(revisionsOf(fresh, order), ['2']);
});

test('while a secret is exchanged both verify; the exchange happens once for its command', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver);
  const previous = (await endpoints.secretOf(id)) ?? '';
  const command = randomUUID();
  await endpoints.rotate(id, command, 24);
  const present = (await endpoints.secretOf(id)) ?? '';
  await endpoints.rotate(id, command, 24);
  assert.is(await endpoints.secretOf(id), present);
  assert.not.equal(present, previous);
  const close = open();
  await placeOrder(core);
  await isDone(id);
  await close();
  const [one] = receiver.received;
  for (const secret of [present, previous])
    assert.ok(new Webhook(secret).verify(one?.body ?? '', one?.headers as Record<string, string>));
});

test('a worker that dies before it writes down what it sent leads to the same message again, never to a lost one', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver);
  const order = await placeOrder(core);
  await database.db.raw(`create function no_log() returns trigger as $$ begin raise 'dead'; end $$ language plpgsql`);
  await database.db.raw('create trigger no_log before insert on webhook_deliveries execute function no_log()');
  const dying = open();
  await eventually('it was sent', () => receiver.received.length > 0);
  await dying();
  assert.equal(await logOf(id), []);
  await database.db.raw('drop trigger no_log on webhook_deliveries');
  const close = open();
  await isDone(id);
  await close();
  const sent = messagesOf(receiver, `order-${order}`);
  assert.ok(sent.length >= 2);
  assert.is(new Set(sent.map((message) => message.id)).size, 1);
});

test('of several workers one delivers, and another takes over from one that is gone', async () => {
  const receiver = await receive();
  const id = await subscribe(receiver);
  const first = open();
  await placeOrder(core);
  await isDone(id);
  const second = open();
  await placeOrder(core);
  await isDone(id);
  await first();
  await placeOrder(core);
  await isDone(id);
  await second();
  const ids = receiver.received.map((one) => messageIn(one).id);
  assert.is(ids.length, 3);
  assert.is(new Set(ids).size, 3);
});

test.run();
