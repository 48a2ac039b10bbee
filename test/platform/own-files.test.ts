import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOfCode } from '../../src/platform/code-hash.ts';
import { ownCode, ownFile, ownProgram } from '../../src/platform/own-files.ts';

const test = suite('own files');

test('they are found from wherever the code runs', async () => {
  assert.ok(existsSync(ownFile('package.json')));
  assert.ok(existsSync(ownProgram('main')), ownProgram('main'));
  assert.ok((await ownCode()).length > 100);
});

test('the same code has the same hash', async () => {
  assert.is(await hashOfCode(), await hashOfCode());
});

test.run();
