import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createEventStream } from '../../../src/http/tracking/event-stream.ts';
import type { StreamMessage } from '../../../src/http/tracking/progress.ts';

const streams = suite('Server-Sent Events to one client');

const EVENT: StreamMessage = { event: 'status', id: '1.0.0', data: { status: 'pending' } };
const WRITTEN = 'event: status\nid: 1.0.0\ndata: {"status":"pending"}\n\n';

const open = () => {
  const calls: string[] = [];
  const stream = createEventStream({
    onStart: () => void calls.push('start'),
    onClose: () => void calls.push('close'),
    onSlow: () => void calls.push('slow'),
  });
  return { ...stream, calls };
};

/** A client that takes whatever comes. */
const taking = () => {
  const taken: string[] = [];
  const client = new Writable({
    write: (chunk: Buffer, _, done) => {
      taken.push(chunk.toString());
      done();
    },
  });
  return { client, taken };
};

/** A client that never takes its second chunk. */
const stuck = () => new Writable({ highWaterMark: 1, write: () => undefined });

streams('an event has its name, its id and one line of JSON; nothing is done before a client reads', async () => {
  const { readable, send, end, calls } = open();
  assert.equal(calls, []);
  const { client, taken } = taking();
  const whole = pipeline(readable, client);
  send([EVENT, EVENT]);
  end();
  await whole;
  assert.is(taken.join(''), WRITTEN + WRITTEN);
  assert.equal(calls, ['start', 'close']);
});

streams('what was due before the end is sent, nothing after it', async () => {
  const { readable, send, end } = open();
  const { client, taken } = taking();
  send([EVENT]);
  end();
  send([EVENT]);
  await pipeline(readable, client);
  assert.is(taken.join(''), WRITTEN);
});

streams('a client that is too far behind is dropped, not buffered for', async () => {
  const { readable, send, calls } = open();
  const whole = pipeline(readable, stuck()).catch((error: unknown) => error);
  await new Promise(setImmediate);
  for (let n = 0; n < 2_000 && !readable.destroyed; n++) send([EVENT]);
  assert.match(String(await whole), 'Premature close');
  assert.equal(calls, ['start', 'slow', 'close']);
});

streams('a client that takes nothing from one heartbeat to the next is dropped, one that takes is not', async () => {
  const slow = open();
  const broken = pipeline(slow.readable, stuck()).catch((error: unknown) => error);
  slow.send(Array.from({ length: 200 }, () => EVENT));
  await new Promise(setImmediate);
  slow.beat();
  assert.not.ok(slow.readable.destroyed, 'it has taken something');
  slow.beat();
  await broken;
  assert.equal(slow.calls, ['start', 'slow', 'close']);

  const good = open();
  const { client, taken } = taking();
  const whole = pipeline(good.readable, client);
  for (let n = 0; n < 3; n++) {
    await new Promise(setImmediate);
    good.beat();
  }
  good.end();
  await whole;
  assert.is(taken.join(''), ': heartbeat\n\n'.repeat(3));
});

streams.run();
