import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signedHeaders } from '../../src/webhooks/signature.ts';
import { webhookSecrets } from '../../src/webhooks/secrets.ts';
import { temporaryFolder } from '../support/temporary.ts';

type Example = {
  readonly verify: (secret: string, headers: Readonly<Record<string, string>>, body: string) => unknown;
};

const test = suite('the example in the guide');

test('verifies our signatures, and no others', async () => {
  const guide = await readFile(new URL('../../docs/guide.md', import.meta.url), 'utf8');
  const code = /^```js\n([\s\S]*?)^```$/m.exec(guide)?.[1];
  assert.ok(code);
  const folder = await temporaryFolder();
  const file = join(folder.path, 'verify.mjs');
  await writeFile(file, code);
  const { verify } = (await import(pathToFileURL(file).href)) as Example; // what the guide exports
  const { fresh } = webhookSecrets(randomBytes(32));
  const [present, previous] = [fresh(), fresh()];
  const message = { id: 'msg', timestamp: Math.floor(Date.now() / 1_000), body: '{"type":"OrderPlaced"}' };
  const headers = signedHeaders(message, [present, previous]);
  for (const secret of [present, previous])
    assert.equal(verify(secret, headers, message.body), { type: 'OrderPlaced' });
  assert.throws(() => verify(fresh(), headers, message.body), /not signed/);
  assert.throws(() => verify(present, headers, `${message.body} `), /not signed/);
  const old = { ...message, timestamp: message.timestamp - 400 };
  assert.throws(() => verify(present, signedHeaders(old, [present]), old.body), /too old/);
  await folder.remove();
});

test.run();
