import { randomUUID } from 'node:crypto';
import { numbersOf } from '../app/compose/numbering.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { createWritePast } from '../imports/index.ts';
import { plural } from '../platform/plural.ts';
import { createProgress } from '../platform/progress.ts';
import { refillNumbers } from '../projections/numbers/index.ts';
import { seedOrders, type Seeded, type SeedOptions } from '../seed/index.ts';
import { parseFlags } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Use: seed --orders <n> [--seed 7] [--from 2024-01-01] [--to 2026-01-01] [--json]

Fills the shop with that many orders of the past: customers who come back, seasons, cancellations, returns, refunds.
The same seed gives the same orders. No mail is sent, nothing is charged, no document is made.`;

const MOST_ORDERS = 10_000_000;
const YEARS = 2;
/** Shorter, and the orders could not be delivered and returned within the period. */
const LEAST_DAYS = 30;
const DAY = 86_400_000;

const flagsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const options = { orders: text, seed: text, from: text, to: text, json: { type: 'boolean' } } as const;
  return parseFlags({ args: [...args], options }, USAGE).values;
};

const dayOf = (name: string, text: string): Date => {
  const date = new Date(`${text}T00:00:00.000Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new UsageError(`--${name} is ${JSON.stringify(text)}; expected a day such as 2024-01-01`);
  return date;
};

const yearsAfter = (from: Date): Date => {
  const to = new Date(from);
  to.setUTCFullYear(to.getUTCFullYear() + YEARS);
  return to;
};

const optionsOf = (args: readonly string[]): SeedOptions & { readonly json: boolean } => {
  const { orders, seed = '7', from: first = '2024-01-01', to: last, json = false } = flagsOf(args);
  if (orders === undefined) throw new UsageError(USAGE);
  const count = Number(orders);
  if (!/^\d{1,8}$/.test(orders) || count < 1 || count > MOST_ORDERS)
    throw new UsageError(`--orders is ${JSON.stringify(orders)}; expected a number from 1 to ${MOST_ORDERS}`);
  if (!/^[\w.-]{1,64}$/.test(seed))
    throw new UsageError('--seed: expected 1 to 64 letters, digits, dots, dashes or underscores');
  const from = dayOf('from', first);
  const to = last === undefined ? yearsAfter(from) : dayOf('to', last);
  if (to.getTime() - from.getTime() < LEAST_DAYS * DAY)
    throw new UsageError(`--to: expected a day at least ${LEAST_DAYS} days after --from`);
  if (to.getTime() > Date.now())
    throw new UsageError(`The orders would reach into the future. Say with --to when the last of them ended.`);
  return { count, seed, period: { from, to }, json };
};

const tell = ({ written, known, events }: Seeded, seconds: number): string =>
  `${plural(written, 'order')} written (${plural(events, 'event')} in ${seconds.toFixed(1)} s, ${Math.round(events / seconds)} a second)` +
  `${known === 0 ? '' : `; ${known} were there before`}.`;

/** `seed`: fills a shop with a believable history. */
export const seedCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  const { json, ...options } = optionsOf(args);
  const config = loadConfig();
  const progress = createProgress({
    label: 'Seeding',
    total: options.count,
    unit: 'orders',
    out: process.stderr,
    print,
    json,
  });
  await withContainer(config, async (container) => {
    const { db, store, codec } = container;
    await refillNumbers(container); // a restored database may not know every number that the log has
    const begun = performance.now();
    try {
      const seeded = await seedOrders(options, {
        write: createWritePast({ store, codec, source: `the seed ${options.seed}` }),
        drawNumber: numbersOf(config, db),
        run: randomUUID(),
        onOrders: progress.update,
      });
      const seconds = (performance.now() - begun) / 1000;
      progress.end();
      print(json ? JSON.stringify({ type: 'seeded', ...seeded, seconds }) : tell(seeded, seconds));
    } catch (error) {
      progress.end();
      throw error;
    }
  });
};
