import { unzipSync } from 'fflate';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { zipOf, type ZippedFile } from '../../src/platform/zip.ts';
import { eventually } from '../support/eventually.ts';

const test = suite('a zip that is made as it is read');

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

test('another library reads every file', async () => {
  async function* files(): AsyncGenerator<ZippedFile> {
    yield { name: 'empty.txt', content: [] };
    yield { name: 'lines.ndjson', content: ['{"a":1}\n', '{"b":"Zażółć"}\n'] };
    await Promise.resolve();
    yield { name: 'documents/INV-1.pdf', content: [Buffer.alloc(100_000, 'pdf ')] };
  }
  const read = unzipSync(await buffer(zipOf(files())));
  assert.equal(Object.keys(read), ['empty.txt', 'lines.ndjson', 'documents/INV-1.pdf']);
  assert.is(text(read['empty.txt']), '');
  assert.is(text(read['lines.ndjson']), '{"a":1}\n{"b":"Zażółć"}\n');
  assert.is(read['documents/INV-1.pdf']?.length, 100_000);
});

test('no more is made than the reader takes, and a reader who leaves ends it', async () => {
  let [made, ended] = [0, false];
  async function* content(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        made += 1;
        const noise = new Uint8Array(64 * 1024);
        crypto.getRandomValues(noise); // does not shrink
        yield noise;
        await Promise.resolve();
      }
    } finally {
      ended = true;
    }
  }
  async function* files(): AsyncGenerator<ZippedFile> {
    yield { name: 'endless', content: content() };
    await Promise.resolve();
  }
  const zip = zipOf(files());
  await once(zip, 'readable');
  await eventually('it has stopped making more', async () => {
    const before = made;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return made === before;
  });
  assert.ok(made < 20, `${made} blocks of 64 KB in memory`);
  zip.destroy();
  await eventually('the reading of the file has ended', () => Promise.resolve(ended));
});

test('a failure breaks it off, so that no half copy looks whole', async () => {
  async function* files(): AsyncGenerator<ZippedFile> {
    yield { name: 'whole', content: ['x'] };
    await Promise.resolve();
    throw new Error('the database is gone');
  }
  await buffer(zipOf(files())).then(
    () => assert.unreachable('it ended as if it were whole'),
    (error: unknown) => assert.match(String(error), /the database is gone/),
  );
});

test('a file that fails in the middle breaks it off as well', async () => {
  async function* content(): AsyncGenerator<string> {
    yield 'begun';
    await Promise.resolve();
    throw new Error('a key is gone');
  }
  async function* files(): AsyncGenerator<ZippedFile> {
    yield { name: 'half', content: content() };
    await Promise.resolve();
  }
  await buffer(zipOf(files())).then(
    () => assert.unreachable('it ended as if it were whole'),
    (error: unknown) => assert.match(String(error), /a key is gone/),
  );
});

test.run();
