// time limit: 240 s
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mintToken } from '../../src/http/server/auth/tokens.ts';
import { clusterFolderOf } from '../../src/platform/embedded-postgres/cluster.ts';
import { isAlive, processesIn, sendSignal } from '../../src/platform/embedded-postgres/processes.ts';
import { createAsk } from '../faults/kills/ask.ts';
import { ROLES, slownessOf, startMachine, type Machine } from '../faults/kills/machine.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

/** One data folder is started and ended in several ways; the tests depend on their order. */
const test = suite('after any kind of end the next start finds all data');

const secret = randomBytes(32).toString('base64url');
let folder: TemporaryFolder;
let machine: Machine;
let orders = 0;

const start = async (): Promise<void> => {
  machine = await startMachine({ DATA_DIR: folder.path, JWT_SECRET: secret });
};

/** All earlier orders exist, and one more can be placed. */
const serves = async (): Promise<void> => {
  const ask = createAsk(() => [machine.address], await mintToken({ secret }, { role: 'admin' }));
  const { headers } = await ask({ path: '/api/v1/orders' });
  assert.is(headers.get('x-total-count'), String(orders));
  const items = [{ product_id: 'p-mug', product_name: 'Mug', unit_price: 12.99, quantity: 2 }];
  const json = { customer_id: 'c-1', items };
  const placed = await ask({ method: 'POST', path: '/api/v1/orders', json, key: `order-${orders}` });
  orders += 1;
  const listed = { 'x-min-position': placed.headers.get('x-event-position') ?? '' };
  await ask({ path: '/api/v1/orders', headers: listed });
};

const rolesAlive = (): readonly string[] => ROLES.filter((role) => isAlive(machine.pid(role)));
const postgresAlive = (): boolean => processesIn(clusterFolderOf(folder.path)).length > 0;

test.before(async () => {
  folder = await temporaryFolder();
  await start();
});
test.after(async () => {
  sendSignal(machine.supervisor, 'SIGKILL');
  await eventually('PostgreSQL has ended', () => !postgresAlive(), { within: 15_000 });
  await folder.remove();
});

test('Ctrl-C twice, which reaches every process of the terminal', async () => {
  await serves();
  process.kill(-machine.supervisor, 'SIGINT');
  process.kill(-machine.supervisor, 'SIGINT');
  assert.is(await machine.end, 0);
  assert.equal(rolesAlive(), []);
  assert.not.ok(postgresAlive());
});

test('SIGTERM, and again while it is stopping', async () => {
  await start();
  await serves();
  sendSignal(machine.supervisor, 'SIGTERM');
  await eventually('the API has stopped', () => !isAlive(machine.pid('api')), { within: 30_000 });
  sendSignal(machine.supervisor, 'SIGTERM');
  assert.is(await machine.end, 0);
  assert.equal(rolesAlive(), []);
  assert.not.ok(postgresAlive());
});

test('SIGKILL of the supervisor ends the roles within a second, and PostgreSQL after them', async () => {
  await start();
  await serves();
  sendSignal(machine.supervisor, 'SIGKILL');
  await eventually('no role is left', () => rolesAlive().length === 0, { within: 1_000 * slownessOf(machine) });
  await eventually('PostgreSQL has ended', () => !postgresAlive(), { within: 15_000 });
});

test('SIGKILL and an immediate start', async () => {
  await start();
  await serves();
  sendSignal(machine.supervisor, 'SIGKILL');
  await start();
  await serves();
});

test.run();
