import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CannotExport, writeExport } from '../../src/exports/index.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('the file of an export');

let folder: TemporaryFolder;
test.before(async () => {
  folder = await temporaryFolder();
});
test.after(() => folder.remove());

const write = (path: string) =>
  writeExport({
    path,
    what: 'one line',
    resume: false,
    position: () => Promise.resolve(1n),
    chunks: async function* () {
      yield await Promise.resolve({ text: 'line\n', rows: 1, place: undefined });
    },
    onRows: () => undefined,
  });

const rejects = (path: string, message: string): Promise<void> =>
  write(path).then(
    () => assert.unreachable(path),
    (error: unknown) => {
      assert.instance(error, CannotExport);
      assert.match(String(error), message);
    },
  );

test('a device, a folder and a link to nothing are rejected before anything is written', async () => {
  const inside = join(folder.path, 'taken');
  await mkdir(inside);
  await symlink('/dev/null', join(folder.path, 'device'));
  await symlink(join(folder.path, 'nothing'), join(folder.path, 'dangling'));
  const before = await readdir(folder.path);
  await rejects('/dev/null', '/dev/null is not a regular file. Name a file to write.');
  await rejects(join(folder.path, 'device'), 'device is not a regular file');
  await rejects(inside, 'taken is a folder. Name a file to write.');
  await rejects(join(folder.path, 'dangling'), 'dangling is a symbolic link that leads to nothing');
  await rejects(join(folder.path, 'no', 'such.csv'), 'Is its folder there, and may you write in it?');
  assert.equal(await readdir(folder.path), before);
  assert.ok((await lstat('/dev/null')).isCharacterDevice());
});

test('a link to a file stays, and the file is written', async () => {
  const [file, link] = [join(folder.path, 'file.csv'), join(folder.path, 'link.csv')];
  await writeFile(file, 'old');
  await symlink(file, link);
  await write(link);
  assert.ok((await lstat(link)).isSymbolicLink());
  assert.is(await readFile(file, 'utf8'), 'line\n');
});

test.run();
