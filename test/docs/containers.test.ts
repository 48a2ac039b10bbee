import { access, readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config/variables.ts';

const test = suite('containers and continuous integration, as far as files tell');
const repository = new URL('../../', import.meta.url);
const read = (file: string): Promise<string> => readFile(new URL(file, repository), 'utf8');

type Service = {
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>>;
};

const readServices = async (): Promise<Readonly<Record<string, Service>>> =>
  (parse(await read('compose.yaml')) as { services: Record<string, Service> }).services;

/** Instructions of the Dockerfile, with their words. Lines that go on are joined. */
const readInstructions = async (): Promise<readonly (readonly string[])[]> => {
  const text = (await read('Dockerfile')).replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
};

test('compose.yaml opens no port to other machines, and docs/operations.md uses what it says', async () => {
  const services = await readServices();
  for (const [name, { ports = [] }] of Object.entries(services)) {
    assert.ok(ports.length > 0, name);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
  }
  const {
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: name,
  } = services['postgres']?.environment ?? {};
  assert.match(
    await read('docs/operations.md'),
    `DATABASE_URL=postgres://${user}:${password}@127.0.0.1:5432/${name}\n`,
  );
  assert.is(services['waybill']?.environment['DATABASE_URL'], `postgres://${user}:${password}@postgres:5432/${name}`);
});

test('compose.yaml starts Waybill without rights that it does not need, with variables that exist', async () => {
  const services = await readServices();
  const { waybill, eventstoredb } = services;
  assert.equal([waybill?.read_only, waybill?.cap_drop, eventstoredb?.profiles], [true, ['ALL'], ['eventstoredb']]);
  for (const name of Object.keys(waybill?.environment ?? {})) assert.ok(name in VARIABLES, name);
  for (const name of Object.keys(waybill?.depends_on ?? {})) assert.ok(name in services, name);
});

test('the image holds what the program reads, runs as no root, and copies nothing that is ignored', async () => {
  const instructions = await readInstructions();
  const ignored = (await read('.dockerignore')).split('\n');
  const copied = instructions
    .filter(([name, source]) => name === 'COPY' && source?.startsWith('--from') !== true)
    .flatMap(([, ...paths]) => paths.slice(0, -1));
  for (const path of copied) {
    await access(new URL(path, repository));
    assert.ok(ignored.includes(`!${path}`), `${path} is not in .dockerignore`);
  }
  const lastStage = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'));
  const words = lastStage.map((each) => each.join(' '));
  for (const needed of ['assets', 'migrations', 'package.json', 'dist', 'node_modules'])
    assert.ok(
      words.some((line) => line.startsWith('COPY ') && line.includes(needed)),
      needed,
    );
  assert.ok(words.includes('USER node') && words.some((line) => line.startsWith('HEALTHCHECK ')));
  const variables = lastStage.filter(([name]) => name === 'ENV').flatMap(([, ...pairs]) => pairs);
  for (const name of variables.map((pair) => pair.split('=')[0] ?? ''))
    assert.ok(name in VARIABLES || name === 'NODE_ENV', name);
});

test('CI and the editor run scripts and files that exist', async () => {
  const { scripts, engines } = JSON.parse(await read('package.json')) as {
    scripts: Record<string, string>;
    engines: { node: string };
  };
  const workflow = await read('.github/workflows/ci.yml');
  for (const [, script = ''] of workflow.matchAll(/npm run ([\w:]+)/g)) assert.ok(script in scripts, script);
  const { jobs } = parse(workflow) as { jobs: { test: { strategy: { matrix: { node: readonly number[] } } } } };
  assert.equal(
    jobs.test.strategy.matrix.node,
    [...engines.node.matchAll(/(?:\^|>=)(\d+)/g)].map(([, major]) => Number(major)),
  );
  const launch = JSON.parse(await read('.vscode/launch.json')) as { configurations: readonly { program: string }[] };
  for (const { program } of launch.configurations)
    if (program !== '${file}') await access(new URL(program.replace('${workspaceFolder}/', ''), repository));
  for (const file of ['.vscode/settings.json', '.vscode/extensions.json']) JSON.parse(await read(file));
});

test.run();
