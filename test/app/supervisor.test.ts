// time limit: 180 s
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAlive, sendSignal } from '../../src/platform/embedded-postgres/processes.ts';
import { programArgs } from '../support/compiled.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('supervisor');

type Started = {
  readonly process: ChildProcess;
  /** What all processes said, without the supervisor's lines about ids. */
  readonly lines: string[];
  readonly errors: () => string;
  readonly pids: () => Readonly<Record<string, number>>;
  readonly end: Promise<number | null>;
};

const program = programArgs(new URL('./supervised.ts', import.meta.url));
let folder: TemporaryFolder;
let started: Started;

const start = (): Started => {
  const child = spawn(process.execPath, [...program, folder.path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  let pids: Readonly<Record<string, number>> = {};
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('supervisor pids ')) pids = JSON.parse(line.slice(16)) as Record<string, number>;
    else lines.push(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const end = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  started = { process: child, lines, errors: () => errors, pids: () => pids, end };
  return started;
};

const startReady = async (): Promise<Started> => {
  const run = start();
  await eventually(
    'all roles serve',
    () => run.lines.some((line) => line.startsWith('supervisor ready')) && Object.keys(run.pids()).length === 3,
    { within: 15_000 },
  );
  return run;
};

const plant = (fault: string): Promise<void> => writeFile(join(folder.path, fault), '');
const noneAlive = (pids: Readonly<Record<string, number>>): boolean => !Object.values(pids).some(isAlive);
const pidOf = (run: Started, role: string): number => run.pids()[role] ?? 0;

const IN_ORDER = [
  'api stopping',
  'api stopped',
  'projector stopping',
  'projector stopped',
  'worker stopping',
  'worker stopped',
  'supervisor stopped',
];
const stops = (run: Started): readonly string[] => run.lines.filter((line) => /stopp(ing|ed)$/.test(line));

test.before.each(async () => {
  folder = await temporaryFolder();
});
test.after.each(async () => {
  const pids = started.pids();
  sendSignal(started.process.pid ?? 0, 'SIGKILL');
  await eventually('the roles follow', () => noneAlive(pids), { within: 15_000 });
  await folder.remove();
});

test('all is ready when every role has said so', async () => {
  const run = await startReady();
  assert.ok(['api', 'projector', 'worker'].every((role) => run.lines.join().includes(`${role} serves`)));
});

test('SIGTERM stops the roles in order, and a second one changes nothing', async () => {
  const run = await startReady();
  sendSignal(run.process.pid ?? 0, 'SIGTERM');
  await eventually('the api is stopping', () => run.lines.includes('api stopping'));
  sendSignal(run.process.pid ?? 0, 'SIGTERM');
  sendSignal(run.process.pid ?? 0, 'SIGINT');
  assert.is(await run.end, 0);
  await eventually('all was said', () => stops(run).length >= IN_ORDER.length);
  assert.equal(stops(run), IN_ORDER);
});

test('a Ctrl-C, which reaches every process, stops the roles in order too', async () => {
  const run = await startReady();
  process.kill(-(run.process.pid ?? 0), 'SIGINT');
  assert.is(await run.end, 0);
  await eventually('all was said', () => stops(run).length >= IN_ORDER.length);
  assert.equal(stops(run), IN_ORDER);
});

test('a role that is killed runs again within a second, each time', async () => {
  const run = await startReady();
  for (const role of ['worker', 'worker', 'projector', 'api', 'worker']) {
    const before = pidOf(run, role);
    sendSignal(before, 'SIGKILL');
    await eventually(`another ${role} runs`, () => run.pids()[role] !== before && isAlive(pidOf(run, role)), {
      within: 1_000,
    });
  }
  assert.is(run.lines.filter((line) => /restarts .*SIGKILL/.test(line)).length, 5);
});

test('a role that is frozen is replaced after a while of silence, and never wakes up again', async () => {
  await plant('short-silence');
  const run = await startReady();
  const before = pidOf(run, 'worker');
  sendSignal(before, 'SIGSTOP');
  await eventually('another worker runs', () => run.pids()['worker'] !== before && isAlive(pidOf(run, 'worker')), {
    within: 15_000,
  });
  assert.not.ok(isAlive(before));
  assert.ok(
    run.lines.some((line) => line.endsWith(': was frozen: it did not report for 3 s')),
    run.lines.join(),
  );
});

test('a signal to one role alone stops it in order and it is replaced', async () => {
  const run = await startReady();
  const before = pidOf(run, 'worker');
  sendSignal(before, 'SIGTERM');
  await eventually('the worker stopped in order', () => run.lines.includes('worker stopped'));
  await eventually('another worker runs', () => run.pids()['worker'] !== before);
  assert.not.ok(run.lines.includes('api stopping'));
});

for (const [when, fault] of [
  ['at boot', 'worker-dies-at-boot'],
  ['as soon as it is ready', 'worker-dies-when-ready'],
] as const)
  test(`a role that dies ${when} again and again is started with growing pauses`, async () => {
    const run = await startReady();
    await plant(fault);
    sendSignal(pidOf(run, 'worker'), 'SIGKILL');
    const pauses = (): readonly number[] =>
      run.lines
        .map((line) => Number(/^supervisor restarts worker in (\d+) ms/.exec(line)?.[1]))
        .filter((ms) => !Number.isNaN(ms));
    await eventually('it died again three times', () => pauses().length >= 4, { within: 10_000 });
    assert.equal(pauses().slice(0, 4), [100, 200, 400, 800]);
    assert.ok(isAlive(pidOf(run, 'api')), 'the others serve on');
  });

test('roles whose supervisor is killed end within a second', async () => {
  const run = await startReady();
  const pids = run.pids();
  await plant('worker-hangs');
  sendSignal(run.process.pid ?? 0, 'SIGKILL');
  await run.end;
  await eventually('none is left', () => noneAlive(pids), { within: 1_200 });
});

test('a role that cannot stop is killed, and the next one has its turn', async () => {
  await plant('projector-hangs');
  const run = await startReady();
  sendSignal(run.process.pid ?? 0, 'SIGTERM');
  assert.is(await run.end, 0);
  await eventually('all was said', () => run.lines.includes('supervisor stopped'));
  assert.equal(
    stops(run),
    IN_ORDER.filter((line) => line !== 'projector stopped'),
  );
});

test('a role that cannot start ends everything with its one line', async () => {
  await plant('api-cannot-start');
  const run = start();
  assert.is(await run.end, 1);
  await eventually('its line was written', () => run.errors().length > 0);
  assert.is(run.errors(), 'the api cannot start: its file is there\n');
  assert.ok(noneAlive(run.pids()));
});

test('a role that dies at the first start ends everything too', async () => {
  await plant('worker-dies-at-boot');
  const run = start();
  assert.is(await run.end, 1);
  assert.match(run.errors(), /code 7/);
});

test.run();
