/**
 * `npm run test:faults -- [--rounds 10 | --minutes N] [--sequences 10000] [--seed N]`: random command sequences with a
 * crash at any step, then rounds on two real machines: processes are killed and frozen and traffic is dropped while orders
 * are placed, then workers and APIs are killed while payments race. Prints the seed that repeats the run.
 *
 * `npm test` makes a round lighter, since other tests run beside it: `--victims api,worker` names the processes to kill,
 * `--clients 2` the connections that place orders, `--lives 1` the orders to which random things happen, `--kills 3` how
 * often a process is killed while payments race, and `--leniency 4` multiplies the time limits of a recovery.
 */
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../support/temporary.ts';
import { crashAnywhere } from './crash-anywhere.ts';
import { createDice, seedFrom } from '../support/random.ts';
import { onTwoMachines } from './kills/two-machines.ts';
import type { Victim } from './kills/victims.ts';
import { killWhileOrdering } from './orders-under-kills.ts';
import { killWhilePaying } from './payments-under-kills.ts';

const VICTIMS: readonly Victim[] = [
  ...(['api', 'api', 'projector', 'projector', 'worker', 'worker', 'postgres', 'keeper'] as const),
  ...(['frozen api', 'frozen projector', 'frozen worker', 'silence', 'vanished'] as const),
];
const isVictim = (name: string): name is Victim => VICTIMS.some((victim) => victim === name);
const text = { type: 'string' } as const;

const { values } = parseArgs({
  options: {
    rounds: text,
    minutes: text,
    sequences: text,
    seed: text,
    victims: text,
    clients: text,
    lives: text,
    kills: text,
    leniency: text,
  },
});
const seed = seedFrom(values.seed);
const sequences = Number(values.sequences ?? 10_000);
const until = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;
const rounds = Number(values.rounds ?? (values.minutes === undefined ? 10 : Infinity));

const victims = values.victims?.split(',').filter(isVictim) ?? VICTIMS;
const clients = Number(values.clients ?? 4);
const lives = Number(values.lives ?? 4);
const kills = Number(values.kills ?? 6);
const leniency = Number(values.leniency ?? 1);

const crashes = async (): Promise<void> => {
  if (sequences === 0) return;
  const startedAt = Date.now();
  const tally = await crashAnywhere({ sequences, seed });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`${sequences} sequences in ${seconds} s: ${JSON.stringify(tally)}: every promise held`);
};

const round = async (n: number, roundSeed: number): Promise<void> => {
  console.log(`round ${n}, seed ${roundSeed}`);
  const { path, remove } = await temporaryFolder();
  const options = { seed: roundSeed, dataDir: path, print: console.log };
  await onTwoMachines(options, async (service) => {
    const ordering = await killWhileOrdering(service, { ...options, victims, clients, leniency });
    const paying = await killWhilePaying(service, { ...options, lives, kills });
    console.log(`  ${JSON.stringify({ ...ordering, ...paying })}: every promise held`);
  });
  await remove();
};

console.log(`seed ${seed}`);
await crashes();
const dice = createDice(seed);
for (let n = 1; n <= rounds && Date.now() < until; n += 1) await round(n, dice.below(2 ** 31));
