import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  InvalidConnectionString,
  parseConnectionString,
} from '../../../src/event-store/eventstoredb/connection-string.ts';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';

const test = suite('the connection string of EventStoreDB');
const PASSWORD = 's3cret-w0rd';

const rejectionOf = (text: string): string => {
  try {
    parseConnectionString(text);
  } catch (error) {
    assert.instance(error, InvalidConnectionString);
    return (error as Error).message;
  }
  return 'accepted';
};

test('hosts, user and options are read in the spellings of the client', () => {
  assert.equal(parseConnectionString('esdb://127.0.0.1:2113?tls=false'), {
    isDiscovered: false,
    hosts: [{ address: '127.0.0.1', port: 2113 }],
    options: { tls: false },
  });
  assert.equal(
    parseConnectionString(
      'esdb://ops:a%40b:c@h1,h2:2114,h3/?node_preference=Leader&KeepAliveInterval=-1&tlsCAFile=a%20b',
    ),
    {
      isDiscovered: false,
      hosts: [
        { address: 'h1', port: 2113 },
        { address: 'h2', port: 2114 },
        { address: 'h3', port: 2113 },
      ],
      user: { username: 'ops', password: 'a@b:c' },
      options: { nodePreference: 'leader', keepAliveInterval: -1, tlsCAFile: 'a b' },
    },
  );
  assert.is(parseConnectionString('esdb+discover://cluster.example').isDiscovered, true);
});

test('several hosts to discover are rejected, naming the right form', () => {
  assert.match(rejectionOf('esdb+discover://h1,h2,h3'), /esdb:\/\/host1:2113,host2:2113,host3:2113/);
});

test('one line says what is wrong, without the password', () => {
  const written: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string | Uint8Array): boolean => written.push(String(chunk)) > 0;
  try {
    for (const wrong of [
      `esdb://ops:${PASSWORD}@h1?tsl=false`,
      `esdb://ops:${PASSWORD}@h1?tlsVerifyCert=false`,
      `esdb://ops:${PASSWORD}@h1?tls=no`,
      `esdb://ops:${PASSWORD}@h1?keepAliveTimeout=soon`,
      `esdb://ops:${PASSWORD}@h1?nodePreference=best`,
      `esdb://ops:${PASSWORD}@`,
      `esdb://ops:${PASSWORD}%@h1`,
      `esdb://:${PASSWORD}@h1`,
      `esdb://ops:${PASSWORD}@h1:99999`,
      `esdb://ops:${PASSWORD}@h1,h 2`,
      `esdb+discover://ops:${PASSWORD}@h1,h2`,
    ]) {
      const rejection = rejectionOf(wrong);
      assert.not.match(rejection, PASSWORD, wrong);
      assert.not.match(rejection, /accepted|\n/, wrong);
      assert.throws(
        () => openEventStoreDb({ url: wrong }),
        (thrown: Error) => !thrown.message.includes(PASSWORD),
      );
    }
  } finally {
    process.stderr.write = write;
  }
  assert.equal(written, []);
});

test('a file that is not there is named by its option', () => {
  assert.throws(
    () => openEventStoreDb({ url: 'esdb://h1?tlsCAFile=/no/such/file' }),
    /tlsCAFile file that cannot be read/,
  );
});

test.run();
