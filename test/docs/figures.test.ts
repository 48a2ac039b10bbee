import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderCommand } from '../../src/domain/order/index.ts';
import type { Recorded } from '../../src/event-store/recorded.ts';
import { SUM_FIELDS } from '../../src/reports/index.ts';
import { figures } from '../../src/projections/figures/index.ts';
import { nearestRank } from '../../src/projections/figures/queries.ts';
import { ADMIN, modify, mug, place, take } from '../support/order-commands.ts';
import {
  openReturn,
  recordCapture,
  recordRefund,
  refundOrder,
  refundOverpaid,
  settleReturn,
  startPayment,
} from '../support/order-money.ts';
import { runOrder } from '../support/order-run.ts';

const test = suite('docs/figures.md');
const page = await readFile(new URL('../../docs/figures.md', import.meta.url), 'utf8');

type Life = ReturnType<typeof runOrder>;

const minor = (text = ''): number => Math.round(Number(text) * 100);
const major = (amount: number): string => (amount / 100).toFixed(2).replace(/^-0.00$/, '0.00');

const lineA = mug({ id: 'A', product_id: 'A', unit_price: 5_000, quantity: 2, discount: 1_000, tax: 900 });
const lineB = mug({ id: 'B', product_id: 'B', unit_price: 2_000, quantity: 1, tax: 200 });

const STEPS: readonly (readonly [RegExp, (life: Life, amount: string) => readonly OrderCommand[]])[] = [
  [/^place the order$/, () => [place({ lines: [lineA, lineB], shipping_cost: 500 })]],
  [/^deliver the order$/, () => ['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action))],
  [/^cancel the order$/, () => [take('cancel'), refundOverpaid]],
  [/^remove line B$/, () => [{ ...modify([lineA]), by: ADMIN }]],
  [
    /^return 1 of line A with a fee of (\S+)$/,
    (_, fee) => [
      openReturn('r-1', { items: [{ order_item_id: 'A', quantity: 1, reason: null }] }),
      settleReturn('r-1', { A: 1 }, { restocking_fee: minor(fee) }),
    ],
  ],
  [/^credit (\S+) goodwill$/, (_, amount) => [refundOrder({ goodwill: minor(amount) })]],
  [/^credit (\S+) shipping$/, (_, amount) => [refundOrder({ shipping: minor(amount) })]],
  [
    /^credit (\S+) of line B$/,
    (_, amount) => [refundOrder({ items: [{ order_item_id: 'B', amount: minor(amount) }] })],
  ],
  [/^pay (\S+)$/, (_, amount) => [startPayment('p-1', minor(amount)), recordCapture('p-1', minor(amount))]],
  [
    /^the refund arrives$/,
    (life) =>
      life
        .order()
        .refunds.map(({ refund_id, payment_id, amount, method, kind, return_id }) =>
          recordRefund({ refund_id, payment_id, amount, method }, kind, return_id),
        ),
  ],
];

const commandsOf = (life: Life, words: string): readonly OrderCommand[] => {
  for (const [pattern, step] of STEPS) {
    const match = pattern.exec(words);
    if (match !== null) return step(life, match[1] ?? '');
  }
  throw new Error(`the page has an unknown step: ${words}`);
};

/** An order that is told to the read model, each step on a day of its own. */
const openReport = () => {
  const life = runOrder();
  let row: ReturnType<typeof figures.evolve>;
  let told = 0;
  let day = 0;
  return {
    take: (words: string): void => {
      day += 1;
      life.does(...commandsOf(life, words));
      const date = `2026-03-${String(day).padStart(2, '0')}`;
      for (const fact of life.facts().slice(told)) {
        const recorded = { stream: 'order-1', fact, metadata: {} } as Recorded;
        if (figures.types?.has(fact.type) === true)
          row = figures.evolve(row, recorded, { booked: date, happened: date });
      }
      told = life.facts().length;
    },
    sums: (): Readonly<Record<string, number>> => {
      const { values = [], of = () => [] } = figures.sums ?? {};
      const addends = row === undefined ? [] : of(row).filter(({ key: [dimension] }) => dimension === 'all');
      const sumOf = (name: string): number =>
        addends.reduce((sum, addend) => sum + (addend.values[values.indexOf(name)] ?? 0), 0);
      const sums = Object.fromEntries(values.map((name) => [name, sumOf(name)]));
      const net_sales = sumOf('gross_sales') + sumOf('discounts') + sumOf('returns');
      return { ...sums, net_sales, total_sales: net_sales + sumOf('shipping') + sumOf('taxes') };
    },
  };
};

const cellsOf = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The tables of the page whose first column has this name, each with its rows. */
const tables = (
  first: string,
): readonly { readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] }[] =>
  page
    .split('\n\n')
    .filter((block) => block.startsWith(`| ${first} |`))
    .map((block) => {
      const [headings = [], , ...rows] = block.trim().split('\n').map(cellsOf);
      return { headings, rows };
    });

test('each example comes to the numbers of its table', () => {
  const examples = tables('step');
  assert.is(examples.length, 4);
  for (const { headings, rows } of examples) {
    const report = openReport();
    for (const [words = '', ...expected] of rows) {
      report.take(words);
      const sums = report.sums();
      const found = headings.slice(1).map((name) => major(sums[name] ?? Number.NaN));
      assert.equal(found, expected, words);
    }
  }
});

test('ranks are those of the table', () => {
  const [ranks] = tables('hours');
  assert.is(ranks?.rows.length, 3);
  for (const [hours = '', p50, p90] of ranks?.rows ?? []) {
    const counted = hours.split(', ').map((hour) => [Number(hour), 1] as const);
    assert.equal([nearestRank(counted, 0.5), nearestRank(counted, 0.9)].map(String), [p50, p90], hours);
  }
});

test('every figure of the reports is defined on the page', () => {
  for (const name of SUM_FIELDS) assert.match(page, `\`${name}\``);
});

test.run();
