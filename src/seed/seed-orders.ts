import type { DrawNumber } from '../commands/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import { despiteOutages, type WritePast } from '../imports/index.ts';
import { randomOf } from './random.ts';
import { placedTimes, type Period } from './season.ts';
import { customerOf } from './shop.ts';
import { planOrder, storyOf, type Numbers, type Plan } from './story.ts';

const DAY = 86_400_000;
/** Time for the last orders to be delivered within the period. */
const LAST_ORDER_BEFORE_END = 14 * DAY;
/** Of a hundred orders, how many are the first of a customer. */
const FIRST_ORDERS = 0.55;

/** The lives of all orders, in the order in which they are placed. */
export function* planShop(seed: string, count: number, { from, to }: Period): Generator<Plan> {
  const random = randomOf(`${seed}/shop`);
  const end = to.toISOString();
  const placing = { from, to: new Date(to.getTime() - LAST_ORDER_BEFORE_END) };
  let [nth, customers] = [0, 0];
  for (const at of placedTimes(count, placing, randomOf(`${seed}/season`))) {
    const isFirst = customers === 0 || random.chance(FIRST_ORDERS);
    const who = isFirst ? customers : Math.floor(random.unit() * customers);
    if (isFirst) customers += 1;
    const customer = customerOf(seed, who);
    yield planOrder({ seed, nth, customer, at }, end, randomOf(`${seed}/order/${nth}`));
    nth += 1;
  }
}

export type SeedOptions = { readonly seed: string; readonly count: number; readonly period: Period };

export type SeedDeps = {
  readonly write: WritePast;
  readonly drawNumber: DrawNumber;
  /** Correlation id of the events. */
  readonly run: string;
  /** Called with the number of orders done. */
  readonly onOrders: (done: number) => void;
};

export type Seeded = { readonly written: number; readonly known: number; readonly events: number };

/** Number of orders that are written together. */
const BATCH = 128;

/** A batch asks for its numbers in the order of its orders, so that an empty database gives the same numbers again. */
const numbersFor = async (plans: readonly Plan[], draw: DrawNumber): Promise<readonly Numbers[]> => {
  const one = (kind: Parameters<DrawNumber>[0], at: Instant | null | undefined, id: string): string | Promise<string> =>
    at === null || at === undefined ? '' : draw(kind, at, id);
  return Promise.all(
    plans.map(async ({ order_id, payment_id, return_id, placed_at, paid_at, comes_back }) => {
      const [order, payment, back] = await Promise.all([
        one('order', placed_at, order_id),
        one('payment', paid_at, payment_id),
        one('return', comes_back?.at, return_id),
      ]);
      return { order, payment, return: back };
    }),
  );
};

/** Fills a shop with finished history. What an earlier run has written is found and left as it is. */
export const seedOrders = async (
  { seed, count, period }: SeedOptions,
  { write, drawNumber, run, onOrders }: SeedDeps,
): Promise<Seeded> => {
  const sums = { written: 0, known: 0, events: 0 };
  let done = 0;
  const writeBatch = async (plans: readonly Plan[], numbers: readonly Numbers[]): Promise<void> => {
    const nothing = { order: '', payment: '', return: '' };
    const stories = plans.map((plan, index) => storyOf(seed, plan, numbers[index] ?? nothing));
    for (const { outcome, events } of await Promise.all(
      stories.map((past) => despiteOutages(() => write(past, run))),
    )) {
      sums[outcome] += 1;
      sums.events += events;
    }
    done += plans.length;
    onOrders(done);
  };

  let writing: Promise<void> = Promise.resolve();
  const send = async (plans: readonly Plan[]): Promise<void> => {
    const numbers = await despiteOutages(() => numbersFor(plans, drawNumber));
    await writing; // one batch is written while the next is planned and numbered
    writing = writeBatch(plans, numbers);
    writing.catch(() => undefined); // thrown where it is awaited
  };

  let batch: Plan[] = [];
  for (const plan of planShop(seed, count, period)) {
    batch.push(plan);
    if (batch.length < BATCH) continue;
    await send(batch);
    batch = [];
  }
  if (batch.length > 0) await send(batch);
  await writing;
  return sums;
};
