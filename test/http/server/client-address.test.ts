import type { IncomingMessage } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createClientAddress } from '../../../src/http/server/client-address.ts';

const test = suite('the address of a client');

const from = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage; // what is read of it

const clientOf = createClientAddress(['10.0.0.0/8', '::1']);

test('without a trusted proxy it is the connection’s, whatever headers say', () => {
  const headers = { 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4' };
  assert.is(createClientAddress([])(from('10.0.0.1', headers)), '10.0.0.1');
  assert.is(clientOf(from('203.0.113.9', headers)), '203.0.113.9');
});

test('behind trusted proxies it is the first from the right that is none of them', () => {
  const of = (chain: string, remote = '::ffff:10.0.0.1') => clientOf(from(remote, { 'x-forwarded-for': chain }));
  assert.is(of('203.0.113.7'), '203.0.113.7');
  assert.is(of('6.6.6.6, 203.0.113.7, 10.0.0.2'), '203.0.113.7', 'what the client wrote itself is not believed');
  assert.is(of('203.0.113.7:4711'), '203.0.113.7');
  assert.is(of('[2001:db8::1]:4711', '::1'), '2001:db8::1');
  assert.is(of('203.0.113.7, nonsense'), '10.0.0.1', 'not further than to what is no address');
  assert.is(of('10.0.0.3, 10.0.0.2'), '10.0.0.3');
});

test('Forwarded is read where there is no X-Forwarded-For', () => {
  const forwarded = 'for=6.6.6.6, for="[2001:db8::7]:1234";proto=https';
  assert.is(clientOf(from('10.0.0.1', { forwarded })), '2001:db8::7');
});

test.run();
