import { status } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WrongExpectedRevision } from '../../../src/event-store/port.ts';
import { counted, event, idsOf, newStream } from '../../contract/event-store/support.ts';
import { startWireDouble } from '../../support/wire-double/start.ts';
import { onDouble, type Faulty } from './support.ts';

const test = suite<Faulty>('appends that travel on one call');
onDouble(test, { appendTimeoutMs: 3000, readTimeoutMs: 1500 });

const some = (count: number) => Array.from({ length: count }, () => ({ stream: newStream(), events: counted(2) }));

test('appends that run at the same time share a call, which the next ones use again', async ({ double, store }) => {
  await store.append(newStream(), counted(1), 'no_stream');
  const appends = some(40);
  const appended = await Promise.all(appends.map(({ stream, events }) => store.append(stream, events, 'no_stream')));
  assert.ok(appended.every(({ revision }) => revision === 1n));
  for (const { stream, events } of appends) assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  assert.ok(double.calls('batch').length <= 1, 'at most the first opened one');
  assert.is(new Set(appended.map(({ position }) => position)).size, appends.length);
});

test('a large append has a call of its own', async ({ double, store }) => {
  await store.append(newStream(), counted(1), 'no_stream');
  double.forgetCalls();
  const [stream, events] = [newStream(), [event({ text: 'x'.repeat(300_000) }), ...counted(1)]];
  await store.append(stream, events, 'no_stream');
  assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  assert.is(double.calls('append').length, 1);
});

test('a reply that is lost holds up no other append', async ({ double, store }) => {
  const [lost, ...others] = some(10);
  assert.ok(lost);
  double.arm({ rpc: 'append', stream: lost.stream, when: 'after', action: 'hang' });
  const late = store.append(lost.stream, lost.events, 'no_stream');
  let isLate = true;
  void late.then(() => (isLate = false));
  await Promise.all(others.map(({ stream, events }) => store.append(stream, events, 'no_stream')));
  assert.ok(isLate, 'the others were answered meanwhile');
  assert.is((await late).revision, 1n);
  assert.equal(idsOf(await store.readStream(lost.stream)), idsOf(lost.events));
});

test('when the call fails, each append on it is found or sent again, and written once', async ({ double, store }) => {
  for (const action of [{ code: status.UNAVAILABLE }, { code: status.INTERNAL }, 'cut', 'end'] as const)
    for (const when of ['before', 'after'] as const) {
      const appends = some(12);
      double.arm({ rpc: 'append', stream: appends[5]?.stream ?? '', when, action });
      await Promise.all(appends.map(({ stream, events }) => store.append(stream, events, 'no_stream')));
      for (const { stream, events } of appends) assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
    }
});

test('a server that is busy, or in doubt about one append, is asked again for this one only', async ({
  double,
  store,
}) => {
  await store.append(newStream(), counted(1), 'no_stream');
  double.forgetCalls();
  for (const action of ['busy', 'timeout'] as const)
    for (const when of ['before', 'after'] as const) {
      const [asked, other] = some(2);
      assert.ok(asked && other);
      double.arm({ rpc: 'append', stream: asked.stream, when, action });
      await Promise.all([asked, other].map(({ stream, events }) => store.append(stream, events, 'no_stream')));
      assert.equal(idsOf(await store.readStream(asked.stream)), idsOf(asked.events));
      const asks = double.calls('append').filter(({ stream }) => stream === asked.stream);
      assert.is(asks.length, when === 'before' ? 2 : 1, 'what is found in the stream is not sent again');
    }
});

test('a race that is lost says so, and where the stream stands', async ({ store }) => {
  const [stream, events] = [newStream(), counted(2)];
  await store.append(stream, events, 'no_stream');
  for (const [expected, actual] of [
    ['no_stream', 1n],
    [0n, 1n],
    [7n, 1n],
  ] as const) {
    const error: unknown = await store.append(stream, counted(1), expected).catch((reason: unknown) => reason);
    assert.instance(error, WrongExpectedRevision);
    assert.is((error as WrongExpectedRevision).actual, actual);
  }
  const error: unknown = await store.append(newStream(), counted(1), 3n).catch((reason: unknown) => reason);
  assert.instance(error, WrongExpectedRevision);
  assert.is((error as WrongExpectedRevision).actual, 'no_stream');
});

test('appends in progress when the leader changes go to the new one', async ({ double, store }) => {
  const leader = await startWireDouble();
  await store.append(newStream(), counted(1), 'no_stream');
  double.follow(leader.port);
  const appends = some(20);
  await Promise.all(appends.map(({ stream, events }) => store.append(stream, events, 'no_stream')));
  for (const { stream, events } of appends) assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  assert.is(double.log.all().filter(({ stream }) => appends.some((one) => one.stream === stream)).length, 0);
  await leader.stop();
});

test.run();
