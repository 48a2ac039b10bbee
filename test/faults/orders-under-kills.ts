import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { isAlive } from '../../src/platform/embedded-postgres/processes.ts';
import { createDice, type Dice } from '../support/random.ts';
import { createAsk, type Ask } from './kills/ask.ts';
import { inspectInvoices } from './kills/inspect-invoices.ts';
import { inspectLog } from './kills/inspect-log.ts';
import { inspectOrders } from './kills/inspect-orders.ts';
import { ROLES, slownessOf, type Machine } from './kills/machine.ts';
import { waitUntilIdle } from './kills/wait-until-idle.ts';
import { inWords, LIMITS, SILENT_LIMITS, watchRecovery, type Recovery } from './kills/recovery.ts';
import type { Service } from './kills/service.ts';
import { keepOrdering, type Acknowledged } from './kills/shoppers.ts';
import type { RoundOptions } from './kills/two-machines.ts';
import { fail, type Victim } from './kills/victims.ts';

export type OrdersUnderKillsOptions = Pick<RoundOptions, 'seed' | 'print'> & {
  /** The processes to kill; the seed decides order and times. */
  readonly victims: readonly Victim[];
  /** Connections that place orders meanwhile. */
  readonly clients: number;
  /** Factor for the time limits of a recovery. */
  readonly leniency: number;
};

export type OrdersUnderKillsReport = { readonly orders: number; readonly invoices: number; readonly events: number };

const isSilent = (victim: Victim): boolean =>
  victim === 'silence' || victim === 'vanished' || victim.startsWith('frozen');

/** A frozen role is replaced after 20 s of silence, a dead one at once. */
const replacedWithin = (victim: Victim): number => (isSilent(victim) ? 25_000 : 1_000);

/** The time limits that were exceeded. */
const lateIn = (
  victim: Victim,
  { recovery, replacedMs }: { readonly recovery: Recovery; readonly replacedMs: number | undefined },
  slowness: number,
): readonly string[] => [
  ...(Object.entries(isSilent(victim) ? SILENT_LIMITS : LIMITS) as [keyof Recovery, number][]).flatMap(
    ([name, limit]) => (recovery[name] < limit * slowness ? [] : [`${name} after ${recovery[name]} ms`]),
  ),
  ...((replacedMs ?? 0) < replacedWithin(victim) * slowness ? [] : [`replaced after ${replacedMs} ms`]),
];

/** Who must answer meanwhile: the machine that lost its API or its line itself; in the other cases either may. */
const machineToAsk = (victim: Victim, machine: Machine, { machines }: Service): Machine | undefined => {
  if (victim === 'silence') return machines[1];
  if (victim === 'vanished') return machines[0];
  return victim === 'api' || victim === 'frozen api' ? machine : undefined;
};

const killVictims = async (
  service: Service,
  ask: Ask,
  {
    dice,
    orders,
    victims,
    leniency,
    print,
  }: { dice: Dice; orders: Acknowledged[] } & Pick<OrdersUnderKillsOptions, 'victims' | 'leniency' | 'print'>,
): Promise<readonly string[]> => {
  const late: string[] = [];
  const slowness = leniency * slownessOf(service.machines[1]);
  print(`  started in ${service.machines[0].startMs} ms and ${service.machines[1].startMs} ms`);
  for (const victim of dice.shuffle(victims)) {
    await delay(dice.below(700));
    const machine = dice.pick(service.machines);
    const inProgress = orders.filter(({ isShipped }) => isShipped).slice(-10);
    const asked = machineToAsk(victim, machine, service);
    const probe = asked === undefined ? ask : createAsk(() => [asked.address], service.token);
    const { killed, undo } = fail(victim, machine, service);
    const [recovery, { replacedMs }] = await Promise.all([watchRecovery(probe, dice, { orders, inProgress }), killed]);
    undo();
    const replaced = replacedMs === undefined ? '' : `, replaced ${replacedMs} ms`;
    print(`  ${(isSilent(victim) ? victim : `kill -9 ${victim}`).padEnd(17)} ${inWords(recovery)}${replaced}`);
    late.push(...lateIn(victim, { recovery, replacedMs }, slowness).map((what) => `${victim}: ${what}`));
  }
  return late;
};

const inspect = async (
  service: Service,
  ask: Ask,
  { orders, print }: { readonly orders: readonly Acknowledged[]; readonly print: (line: string) => void },
): Promise<OrdersUnderKillsReport> => {
  await waitUntilIdle(ask, orders, { url: service.url, print });
  await inspectOrders(ask, orders);
  const invoices = await inspectInvoices(ask, orders);
  const events = await inspectLog(service.url, service.masterKey);
  for (const machine of service.machines)
    for (const role of ROLES) assert.ok(isAlive(machine.pid(role)), `a ${role} runs on each machine`);
  const report = { orders: orders.length, invoices, events };
  assert.ok(report.orders > 10 && report.invoices > 5, `too little happened: ${JSON.stringify(report)}`);
  return report;
};

/**
 * Several connections place orders while one process after the other is killed. Afterwards the orders, invoices and log
 * are inspected from outside.
 * @throws the first broken promise
 */
export const killWhileOrdering = async (
  service: Service,
  options: OrdersUnderKillsOptions,
): Promise<OrdersUnderKillsReport> => {
  const { seed, clients } = options;
  const { machines, token } = service;
  const dice = createDice(seed);
  const orders: Acknowledged[] = [];
  const closing = new AbortController();
  const ask = createAsk(() => machines.map(({ address }) => address), token);
  const shops = Array.from({ length: clients }, () =>
    keepOrdering(ask, createDice(dice.below(2 ** 31)), { orders, signal: closing.signal }),
  );
  const shopping = Promise.all(shops);
  shopping.catch(() => undefined); // awaited below
  try {
    // A rejected request ends the round at once.
    const late = await Promise.race([killVictims(service, ask, { ...options, dice, orders }), shopping.then(() => [])]);
    closing.abort();
    await shopping;
    const report = await inspect(service, ask, { orders, print: options.print });
    assert.equal(late, [], 'every process recovered in time');
    return report;
  } finally {
    closing.abort();
  }
};
