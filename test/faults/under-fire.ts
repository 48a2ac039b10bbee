import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { clusterFolderOf } from '../../src/platform/embedded-postgres/cluster.ts';
import { isAlive, processesIn, sendSignal } from '../../src/platform/embedded-postgres/processes.ts';
import { createDice, type Dice } from '../support/random.ts';
import { createAsk, type Ask } from './fire/ask.ts';
import { inspectInvoices } from './fire/inspect-invoices.ts';
import { inspectLog } from './fire/inspect-log.ts';
import { inspectOrders } from './fire/inspect-orders.ts';
import { ROLES, slownessOf, stopMachine } from './fire/machine.ts';
import { waitForQuiet } from './fire/quiet.ts';
import { inWords, LIMITS, watchRecovery, type Recovery } from './fire/recovery.ts';
import { startService, type Service } from './fire/service.ts';
import { keepShop, type Acknowledged } from './fire/shop.ts';
import { killVictim, type Victim } from './fire/victims.ts';

export type UnderFireOptions = {
  readonly seed: number;
  /** The file that `node` runs: `dist/main.js`, or the source. */
  readonly program: string;
  /** An empty folder, without symlinks in its name. */
  readonly dataDir: string;
  /** What is killed, each in an order and at moments that the seed decides. */
  readonly victims: readonly Victim[];
  /** Connections that order all the while. Default 4. */
  readonly clients?: number;
  /** Pause of a client between two orders, on average, milliseconds. Default 100. */
  readonly pauseMs?: number;
  /** How many times the limits a recovery may take. Default 1. */
  readonly leniency?: number;
  readonly print: (line: string) => void;
};

export type UnderFireReport = { readonly orders: number; readonly invoices: number; readonly events: number };

/** Which limits were missed. */
const lateIn = (recovery: Recovery, replacedMs: number | undefined, slowness: number): readonly string[] => [
  ...(Object.entries(LIMITS) as [keyof Recovery, number][]).flatMap(([name, limit]) =>
    recovery[name] < limit * slowness ? [] : [`${name} after ${recovery[name]} ms`],
  ),
  ...((replacedMs ?? 0) < 1_000 * slowness ? [] : [`replaced after ${replacedMs} ms`]),
];

const shoot = async (
  service: Service,
  ask: Ask,
  {
    dice,
    orders,
    victims,
    leniency = 1,
    print,
  }: { dice: Dice; orders: Acknowledged[] } & Pick<UnderFireOptions, 'victims' | 'leniency' | 'print'>,
): Promise<readonly string[]> => {
  const late: string[] = [];
  const slowness = leniency * slownessOf(service.machines[1]);
  print(`  started in ${service.machines[0].startMs} ms and ${service.machines[1].startMs} ms`);
  for (const victim of dice.shuffle(victims)) {
    await delay(dice.below(700));
    const machine = dice.pick(service.machines);
    const underWay = orders.filter(({ isShipped }) => isShipped).slice(-10);
    // The machine that lost its API must serve again itself; else any may.
    const probe = victim === 'api' ? createAsk(() => [machine.address], service.token) : ask;
    const killing = killVictim(victim, machine, service.dataDir);
    const [recovery, { replacedMs }] = await Promise.all([watchRecovery(probe, dice, { orders, underWay }), killing]);
    const replaced = replacedMs === undefined ? '' : `, replaced ${replacedMs} ms`;
    print(`  kill -9 ${victim.padEnd(9)} ${inWords(recovery)}${replaced}`);
    late.push(...lateIn(recovery, replacedMs, slowness).map((what) => `${victim}: ${what}`));
  }
  return late;
};

const inspect = async (
  service: Service,
  ask: Ask,
  { orders, print }: { readonly orders: readonly Acknowledged[]; readonly print: (line: string) => void },
): Promise<UnderFireReport> => {
  await waitForQuiet(ask, orders, { url: service.url, print });
  await inspectOrders(ask, orders);
  const invoices = await inspectInvoices(ask, orders);
  const events = await inspectLog(service.url, service.masterKey);
  for (const machine of service.machines)
    for (const role of ROLES) assert.ok(isAlive(machine.pid(role)), `a ${role} runs on each machine`);
  return { orders: orders.length, invoices, events };
};

const orderAndShoot = async (service: Service, options: UnderFireOptions): Promise<UnderFireReport> => {
  const { seed, clients = 4, pauseMs = 100 } = options;
  const { machines, token } = service;
  const dice = createDice(seed);
  const orders: Acknowledged[] = [];
  const closing = new AbortController();
  const ask = createAsk(() => machines.map(({ address }) => address), token);
  const shops = Array.from({ length: clients }, () =>
    keepShop(ask, createDice(dice.below(2 ** 31)), { orders, signal: closing.signal, pauseMs }),
  );
  const shopping = Promise.all(shops);
  shopping.catch(() => undefined); // awaited below
  try {
    // A shop that is refused something ends the round at once.
    const late = await Promise.race([shoot(service, ask, { ...options, dice, orders }), shopping.then(() => [])]);
    closing.abort();
    await shopping;
    const report = await inspect(service, ask, { orders, print: options.print });
    assert.equal(late, [], 'all came back in time');
    return report;
  } finally {
    closing.abort();
  }
};

/**
 * Two machines on one PostgreSQL, each with an API, a projector and a worker, under orders from several connections
 * while one process after the other is killed; then a look from outside at what is left.
 * @throws the first promise that was broken, with what the processes had to say
 */
export const runUnderFire = async (options: UnderFireOptions): Promise<UnderFireReport> => {
  const service = await startService(options);
  const { machines } = service;
  const [first, second] = machines;
  try {
    const report = await orderAndShoot(service, options);
    // The second first: the first one's PostgreSQL ends with it.
    assert.is(await stopMachine(second), 0, 'the second machine stops in order');
    assert.is(await stopMachine(first), 0, 'the first machine stops in order');
    assert.equal(processesIn(clusterFolderOf(options.dataDir)), [], 'PostgreSQL has ended');
    return report;
  } catch (error) {
    for (const { troubles, address } of machines) options.print([address, ...troubles.told()].join('\n    '));
    throw error;
  } finally {
    for (const { supervisor } of machines) sendSignal(supervisor, 'SIGKILL');
  }
};
