import { randomUUID } from 'node:crypto';
import { convertGrpcEvent } from '@eventstore/db-client/dist/utils/convertGrpcEvent.js';
import type { RecordedEvent } from '@eventstore/db-client';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Delivered } from '../../../src/event-store/eventstoredb/events.ts';
import { contentIn } from '../../../src/event-store/eventstoredb/read-message.ts';
import type { LogRecord } from '../../support/wire-double/event-log.ts';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  fellBehindMessage,
  streamNotFoundMessage,
} from '../../support/wire-double/messages.ts';

const test = suite('answers of EventStoreDB to a read');

const record = (changes: Partial<LogRecord> = {}): LogRecord => ({
  id: randomUUID(),
  type: 'OrderPlaced',
  contentType: 'application/json',
  data: Buffer.from('{"name":"Ελένη 🎁","amount":12.5}'),
  metadata: Buffer.from('{"hash":"a"}'),
  stream: 'waybill-order-ß',
  revision: 0n,
  position: 1n,
  createdMs: 1,
  ...changes,
});

const bytesOf = (one: LogRecord): Buffer => Buffer.from(eventMessage(one).serializeBinary());

const eventIn = (message: Buffer): Delivered | undefined => {
  const content = contentIn(message);
  return content?.kind === 'event' ? content.event : undefined;
};

test('an event is read as the client reads it', () => {
  const records = [
    record(),
    record({ revision: 127n, position: 128n }),
    record({ revision: 300n, position: 2n ** 53n + 1n }),
    record({ revision: 2n ** 63n - 1n, position: 2n ** 63n - 1n }),
    record({ data: Buffer.from('{}'), metadata: Buffer.alloc(0) }),
    record({ data: Buffer.from('no JSON'), metadata: Buffer.from('{"a":1}') }),
    record({ data: Buffer.from(JSON.stringify({ text: 'x'.repeat(300_000) })) }),
  ];
  for (const one of records) {
    const message = eventMessage(one).getEvent();
    assert.ok(message);
    const { event: expected } = convertGrpcEvent<{ readonly event: RecordedEvent }>(message);
    const { streamId, id, revision, type, isJson, position } = expected;
    const event = eventIn(bytesOf(one));
    assert.ok(event);
    const { data, metadata, ...read } = event;
    assert.equal(read, { streamId, id, revision, type, isJson, position: position?.commit });
    assert.equal([data.toString(), metadata.toString()], [one.data.toString(), one.metadata.toString()]);
  }
});

test('what is no JSON is told apart', () => {
  const event = eventIn(bytesOf(record({ contentType: 'application/octet-stream', data: Buffer.from([1, 2]) })));
  assert.is(event?.isJson, false);
  assert.equal([...(event?.data ?? [])], [1, 2]);
});

test('a subscription tells how far it is', () => {
  const said = (message: ReadResp) => contentIn(Buffer.from(message.serializeBinary()));
  assert.equal(said(checkpointMessage(7n)), { kind: 'checkpoint', position: 7n });
  assert.equal(said(checkpointMessage(0n)), { kind: 'checkpoint', position: 0n });
  assert.equal(said(checkpointMessage(-1n)), { kind: 'checkpoint', position: 2n ** 64n - 1n });
  assert.equal(said(caughtUpMessage()), { kind: 'caught_up' });
  assert.equal(said(fellBehindMessage()), { kind: 'fell_behind' });
  assert.is(said(confirmationMessage('one')), undefined);
});

test('that there is no such stream is no event, and fields of a newer server are passed over', () => {
  assert.is(contentIn(Buffer.from(streamNotFoundMessage('order-1').serializeBinary())), undefined);
  const one = record();
  const known = bytesOf(one);
  const newer = [
    0xf8, 0x01, 0x05, 0xfa, 0x01, 0x02, 0x61, 0x62, 0xfd, 0x01, 1, 2, 3, 4, 0xf9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8,
  ];
  assert.equal(eventIn(Buffer.concat([Buffer.from(newer), known])), eventIn(known));
});

test('a message that ends too early, or is none, is an error', () => {
  const whole = bytesOf(record());
  assert.throws(() => eventIn(whole.subarray(0, whole.length - 10)), /ends too early/);
  assert.throws(() => eventIn(Buffer.from([0x0b])), /unknown kind/);
});

test.run();
