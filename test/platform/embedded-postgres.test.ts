// time limit: 180 s
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startEmbeddedPostgres, useEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { isAlive, processesIn, sendSignal } from '../../src/platform/embedded-postgres/processes.ts';
import { programArgs } from '../support/compiled.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const supervisorProgram = programArgs(new URL('./embedded-postgres-supervisor.ts', import.meta.url));
const test = suite('embedded PostgreSQL');

type Started = { readonly url: string; readonly keeper: number; readonly server: number };
type Supervisor = { readonly process: ChildProcess; readonly lines: string[]; readonly started: Promise<Started> };

/** A data folder that was started once: making one from nothing takes longer than most of these tests. */
let startedOnce: TemporaryFolder;
let folder: TemporaryFolder;
const supervisors: ChildProcess[] = [];

const startSupervisor = (): Supervisor => {
  const child = spawn(process.execPath, [...supervisorProgram, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  supervisors.push(child);
  const lines: string[] = [];
  const started = new Promise<Started>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"url"')) resolve(JSON.parse(line) as Started);
    });
    child.once('exit', (code) => reject(new Error(`the supervisor ended with ${code}`)));
  });
  started.catch(() => undefined);
  return { process: child, lines, started };
};

const query = async (url: string, text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Why it failed; a promise that is kept has no reason. */
const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was not rejected',
    (error: unknown) => String(error),
  );

const clusterFolder = (): string => join(folder.path, 'postgres');
const postmasterPid = (): number => {
  const [first = ''] = readFileSync(join(clusterFolder(), 'postmaster.pid'), 'utf8').split('\n');
  return Number(first);
};
const nothingRuns = (): boolean => processesIn(clusterFolder()).length === 0;
const kill = (pid: number | undefined): void => {
  if (pid !== undefined) sendSignal(pid, 'SIGKILL');
};

const emptyFolder = async (): Promise<void> => {
  await folder.remove();
  folder = await temporaryFolder();
};

test.before(async () => {
  startedOnce = await temporaryFolder();
  await (await startEmbeddedPostgres({ dataDir: startedOnce.path })).stop();
});
test.after(() => startedOnce.remove());
test.before.each(async () => {
  folder = await temporaryFolder();
  // With owners and modes, which PostgreSQL looks at.
  await promisify(execFile)('cp', ['-a', `${startedOnce.path}/.`, folder.path]);
});
test.after.each(async () => {
  for (const child of supervisors.splice(0)) kill(child.pid);
  await eventually('the keeper follows its supervisor', nothingRuns, { within: 15_000 });
  await eventually('the folder is given back', async () => !(await readdir(folder.path)).includes('keeper.lock'));
  await folder.remove();
});

test('a second start finds the data, the port and the password of the first', async () => {
  await emptyFolder();
  const first = await startEmbeddedPostgres({ dataDir: folder.path });
  await query(first.url, 'create table kept as select 7 as n');
  await first.stop();
  assert.ok(nothingRuns(), 'stop leaves no process behind');
  const second = await startEmbeddedPostgres({ dataDir: folder.path });
  assert.is(second.url, first.url);
  assert.equal(await query(second.url, 'select n from kept'), [{ n: 7 }]);
  await second.stop();
});

test('it is durable, listens on loopback only and demands the password', async () => {
  const { url, stop } = await startEmbeddedPostgres({ dataDir: folder.path });
  const rows = await query(
    url,
    `select name, setting from pg_settings where name in
       ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories') order by name`,
  );
  assert.equal(
    rows.map(({ setting }) => setting),
    ['on', 'on', '127.0.0.1', 'on', ''],
  );
  const wrong = new URL(url);
  wrong.password = 'guessed';
  assert.match(await reasonOf(query(wrong.href, 'select 1')), /password authentication failed/);
  const access = await stat(join(folder.path, 'postgres.json'));
  assert.is(access.mode & 0o777, 0o600);
  await stop();
});

test('letters of other scripts fold and compare as letters', async () => {
  const { url, stop } = await startEmbeddedPostgres({ dataDir: folder.path });
  assert.equal(await query(url, `select lower('ΕΛΈΝΗ') as greek, 'Ж' ilike 'ж' as cyrillic`), [
    { greek: 'ελένη', cyrillic: true },
  ]);
  await stop();
});

test('a server that is killed serves again within a second, on the same port', async () => {
  const supervisor = startSupervisor();
  const { url, server } = await supervisor.started;
  await query(url, 'create table kept as select 1 as n');
  // A backend that computes does not notice by itself that its postmaster is gone, and would block the next one.
  const busy = query(url, `do $$ begin loop null; end loop; end $$`).catch(() => undefined);
  await eventually(
    'the busy backend runs',
    async () => (await query(url, `select 1 from pg_stat_activity where query like 'do %'`)).length === 1,
  );
  kill(server);
  await eventually('another server starts', () => postmasterPid() !== server && isAlive(postmasterPid()), {
    within: 1_000,
  });
  await eventually('it answers again', () => query(url, 'select n from kept'));
  await busy;
});

test('a keeper that is killed is replaced, and the server serves on', async () => {
  const supervisor = startSupervisor();
  const { url, keeper } = await supervisor.started;
  kill(keeper);
  await eventually('the supervisor saw it', () => supervisor.lines.some((line) => line.includes('keeper')));
  await eventually('a new keeper holds the folder', async () => {
    const lock = JSON.parse(await readFile(join(folder.path, 'keeper.lock'), 'utf8')) as { pid: number };
    return lock.pid !== keeper && isAlive(lock.pid);
  });
  await eventually('it answers', () => query(url, 'select 1'));
});

test('a supervisor that is killed takes the server with it', async () => {
  const supervisor = startSupervisor();
  await supervisor.started;
  kill(supervisor.process.pid);
  await eventually('nothing runs any more', nothingRuns, { within: 3_000 });
});

test('an immediate start works after any kill, five times in a row', async () => {
  const victims: readonly (readonly ('supervisor' | 'keeper' | 'server')[])[] = [
    ['supervisor', 'keeper', 'server'],
    ['server', 'keeper', 'supervisor'],
    ['supervisor', 'keeper'],
    ['supervisor', 'server'],
    ['supervisor'],
  ];
  for (let round = 0; round < victims.length; round += 1) {
    const supervisor = startSupervisor();
    const { url, keeper, server } = await supervisor.started;
    const pids = { supervisor: supervisor.process.pid, keeper, server };
    await query(url, 'create table if not exists rounds (n int); insert into rounds values (1)');
    const busy = query(url, 'do $$ begin loop null; end loop; end $$').catch(() => undefined);
    for (const victim of victims[round] ?? []) kill(pids[victim]);
    const next = startSupervisor();
    const { url: nextUrl } = await next.started;
    assert.equal(await query(nextUrl, 'select count(*)::int as n from rounds'), [{ n: round + 1 }]);
    await busy;
    next.process.kill('SIGTERM');
    await once(next.process, 'exit');
  }
});

test('a Ctrl-C reaches neither the keeper nor the server', async () => {
  const supervisor = startSupervisor();
  const { url, keeper, server } = await supervisor.started;
  process.kill(-(supervisor.process.pid ?? 0), 'SIGINT');
  await eventually('the supervisor heard it', () => supervisor.lines.some((line) => line.includes('SIGINT')));
  sendSignal(keeper, 'SIGINT');
  sendSignal(keeper, 'SIGTERM');
  assert.equal(await query(url, 'select 1 as n'), [{ n: 1 }]);
  assert.ok(isAlive(keeper) && isAlive(server));
});

test('a start waits for a predecessor that is stopping', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder.path });
  const second = startEmbeddedPostgres({ dataDir: folder.path });
  await eventually('the second one waits', async () =>
    (await readdir(folder.path)).some((name) => /^keeper\.lock\.\d+$/.test(name)),
  );
  await first.stop();
  const { url, stop } = await second;
  assert.is(url, first.url);
  await stop();
});

test('a folder that is not given up is rejected with the process that holds it', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder.path });
  const rejection = await reasonOf(startEmbeddedPostgres({ dataDir: folder.path, waitMs: 200 }));
  assert.match(rejection, new RegExp(`in use by another Waybill .*process ${first.pids().keeper}.*DATA_DIR`));
  assert.not.match(rejection, /\n/);
  await first.stop();
});

test('a pid file whose id now belongs to another process does not stop a start', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder.path });
  await first.stop();
  const lines = [process.pid, clusterFolder(), 1, 1, '', '127.0.0.1', '0 0', 'ready'];
  await writeFile(join(clusterFolder(), 'postmaster.pid'), `${lines.join('\n')}\n`);
  const second = await startEmbeddedPostgres({ dataDir: folder.path });
  assert.ok(isAlive(process.pid));
  await second.stop();
});

test('a first start that was interrupted does not block the next start', async () => {
  await emptyFolder();
  await mkdir(join(folder.path, 'postgres.new-left/cluster'), { recursive: true });
  await writeFile(join(folder.path, 'keeper.lock'), '{"pid":');
  const { stop } = await startEmbeddedPostgres({ dataDir: folder.path });
  assert.not.ok((await readdir(folder.path)).some((name) => name.includes('new-')));
  await stop();
});

test('a command uses the running server, or one for its own duration', async () => {
  const running = await startEmbeddedPostgres({ dataDir: folder.path });
  assert.is(await useEmbeddedPostgres({ dataDir: folder.path }, (url) => Promise.resolve(url)), running.url);
  assert.equal(await query(running.url, 'select 1 as n'), [{ n: 1 }]);
  await running.stop();
  const rows = await useEmbeddedPostgres({ dataDir: folder.path }, (url) => query(url, 'select 2 as n'));
  assert.equal(rows, [{ n: 2 }]);
  assert.ok(nothingRuns());
});

test.run();
