import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seal, unseal } from '../../src/platform/seal.ts';

const test = suite('seal');
const key = randomBytes(32);
const IV_BYTES = 12;

test('a sealed value is opened by its key, in its own place only', () => {
  const sealed = seal(key, Buffer.from('मीरा शर्मा'), 'here');
  assert.is(unseal(key, sealed, 'here').toString(), 'मीरा शर्मा');
  assert.throws(() => unseal(key, sealed, 'elsewhere'));
  assert.throws(() => unseal(randomBytes(32), sealed, 'here'));
});

test('no two seals share their initialisation vector', () => {
  const seals = Array.from({ length: 2_000 }, () => seal(key, Buffer.from('the same'), 'here'));
  const ivs = new Set(seals.map((sealed) => sealed.subarray(0, IV_BYTES).toString('hex')));
  assert.is(ivs.size, seals.length);
});

test.run();
