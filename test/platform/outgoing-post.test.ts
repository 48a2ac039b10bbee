import type { LookupFunction } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOutgoingPost, type OutgoingPost, type OutgoingPostOptions } from '../../src/platform/outgoing-post.ts';
import { fetchConfigured } from '../../src/platform/outgoing-fetch.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

type State = { receiver: Receiver; opened: OutgoingPost[] };
const test = suite<State>('requests to given URLs');

test.before(async (state) => {
  state.opened = [];
  state.receiver = await startReceiver();
});
test.after(async ({ receiver, opened }) => {
  await Promise.all(opened.map((each) => each.close()));
  await receiver.stop();
});
test.before.each(({ receiver }) => {
  receiver.received.splice(0);
  receiver.react(() => ({ status: 204 }));
});

const open = ({ opened }: State, options: Partial<OutgoingPostOptions> = {}): OutgoingPost => {
  const post = createOutgoingPost({ allowPrivate: true, timeoutMs: 300, ...options });
  opened.push(post);
  return post;
};

/** A resolver of ours: each question takes the next answer, the last one stays. */
const resolver = (...answers: readonly (readonly string[])[]): LookupFunction => {
  let asked = 0;
  return (_host, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
};
const unknownName: LookupFunction = (_host, _options, callback) =>
  callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
const message = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
const portOf = ({ url }: Receiver): string => new URL(url).port;

test('a request arrives, and the status of its answer comes back', async (state) => {
  assert.equal(await open(state).send(message(`${state.receiver.url}/hook`)), { status: 204 });
  assert.is(state.receiver.received.length, 1);
});

test('a redirect is an answer, and is not followed', async (state) => {
  state.receiver.react(() => ({ status: 302, headers: { location: '/elsewhere' } }));
  assert.equal(await open(state).send(message(`${state.receiver.url}/hook`)), { status: 302 });
  assert.is(state.receiver.received.length, 1);
});

test('of an endless answer only the beginning is read', async (state) => {
  state.receiver.react(() => ({ status: 200, body: 'x'.repeat(4 * 1024 * 1024) }));
  assert.equal(await open(state).send(message(`${state.receiver.url}/hook`)), { status: 200 });
});

test('an answer after the time limit counts as no answer', async (state) => {
  state.receiver.react(() => 'hang');
  assert.equal(await open(state).send(message(`${state.receiver.url}/hook`)), { failed: 'no answer within 300 ms' });
});

test('a name that led to the internet when it was given and to this machine later is not followed there', async (state) => {
  const url = `https://shop.example:${portOf(state.receiver)}/hook`;
  const post = open(state, { allowPrivate: false, lookup: resolver(['1.1.1.1'], ['127.0.0.1']) });
  assert.is((await post.check(url)).ok, true);
  assert.equal(await post.send(message(url)), { failed: 'the address is none on the public internet' });
  assert.is(state.receiver.received.length, 0);
});

test('a name with one private address among public ones is rejected', async (state) => {
  const url = 'https://shop.example/hook';
  const post = open(state, { allowPrivate: false, lookup: resolver(['1.1.1.1', '::ffff:10.0.0.1']) });
  assert.is((await post.check(url)).ok, false);
  assert.equal(await post.send(message(url)), { failed: 'the address is none on the public internet' });
});

test('an address is rejected at each request, not only when it is given', async (state) => {
  for (const url of [`${state.receiver.url}/hook`, 'https://127.0.0.1/', 'https://[::ffff:a9fe:a9fe]/']) {
    const sent = await open(state, { allowPrivate: false }).send(message(url));
    assert.match('failed' in sent ? sent.failed : '', /may not be asked/);
  }
  assert.is(state.receiver.received.length, 0);
});

test('plain HTTP to this machine stays on it, whatever the name says', async (state) => {
  const post = open(state, { lookup: resolver(['10.0.0.1']) });
  const sent = await post.send(message('http://me.localhost/'));
  assert.equal(sent, { failed: 'the address is none on the public internet' });
});

test('a host name that does not resolve yet is accepted, and fails when it is called', async (state) => {
  const post = open(state, { allowPrivate: false, lookup: unknownName });
  assert.is((await post.check('https://soon.example/')).ok, true);
  assert.equal(await post.send(message('https://soon.example/')), { failed: 'no connection or no answer (ENOTFOUND)' });
});

test('a request can be ended before its time', async (state) => {
  state.receiver.react(() => 'hang');
  const sent = await open(state).send({ ...message(`${state.receiver.url}/hook`), signal: AbortSignal.timeout(20) });
  assert.ok('failed' in sent);
});

test('a configured service is never followed to where machines get their credentials', async () => {
  const asked = fetchConfigured('http://169.254.169.254/latest/meta-data', {
    method: 'GET',
    signal: AbortSignal.timeout(1_000),
  });
  const error: unknown = await asked.catch((failure: unknown) => failure);
  assert.is(error instanceof Error && error.cause instanceof Error && error.cause.name, 'AddressRejected');
});

test.run();
