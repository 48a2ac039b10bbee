import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copyViewers } from '../../scripts/copy-viewers.ts';
import { SITE_FOLDER, VIEWER_FILES } from '../../src/http/server/site/viewer-files.ts';

const test = suite('viewers of the documentation');
const repository = new URL('../../', import.meta.url);
const { resolve } = createRequire(import.meta.url);

type Package = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

test('the build copies them into dist, so that a production install needs none of their packages', async () => {
  const text = await readFile(new URL('package.json', repository), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(text) as Package;
  await copyViewers();
  for (const module of Object.values(VIEWER_FILES)) {
    const copy = await readFile(new URL(basename(module), SITE_FOLDER));
    assert.ok(copy.equals(await readFile(resolve(module))), module);
    const [name = ''] = module.split('/');
    assert.equal([name in dependencies, name in devDependencies], [false, true], name);
  }
});

test.run();
