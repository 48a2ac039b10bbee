import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  ledgerOf,
  reconcile,
  refundMethodOf,
  type Order,
  type OrderCommand,
} from '../../src/domain/order/index.ts';
import { failureReasonOf, type PaymentMethod } from '../../src/domain/payment/index.ts';
import { createHttpGateway } from '../../src/gateways/payment/http.ts';
import type { GatewayOutcome } from '../../src/gateways/payment/port.ts';
import { ADMIN, fiftyLine, modify, placeFifties, take } from '../support/order-commands.ts';
import {
  openReturn,
  recordCapture,
  recordPaymentFailure,
  recordRefund,
  recordRefundFailure,
  refundByHand,
  refundOrder,
  refundOverpaid,
  resolveRefund,
  settleReturn,
  startPayment,
} from '../support/order-money.ts';
import { runOrder } from '../support/order-run.ts';

const test = suite('docs/money.md');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLE_COUNT = 14;

type Life = ReturnType<typeof runOrder>;
type Cells = Readonly<Record<string, string>>;
/** What a step of the page does. Commands are carried out one by one, each on what the ones before have left. */
type Step = (life: Life, ...words: readonly string[]) => readonly OrderCommand[] | Promise<readonly OrderCommand[]>;

const minor = (text = ''): number => Math.round(Number(text) * 100);
const major = (amount: number): string => (amount / 100).toFixed(2);

const LINES = [fiftyLine('A'), fiftyLine('B')];

const paymentOf = (life: Life, status: Order['payments'][number]['status']) => {
  const found = life.order().payments.findLast((payment) => payment.status === status);
  assert.ok(found, `no payment is ${status}`);
  return found;
};
const started = (life: Life, amount: string) => startPayment(`p-${life.order().payments.length + 1}`, minor(amount));
const captured = (life: Life) => {
  const payment = life.order().payments.at(-1);
  assert.ok(payment, 'nothing was paid');
  return recordCapture(payment.payment_id, payment.amount);
};
const by = (method: PaymentMethod, payment_id: string, amount: number): readonly OrderCommand[] =>
  [startPayment(payment_id, amount), recordCapture(payment_id, amount)].map((command) => ({
    ...command,
    data: { ...command.data, method },
  }));

/** The refunds that the next step is about, as the order has them. */
const open = (life: Life, ...statuses: readonly Order['refunds'][number]['status'][]) => {
  const found = life.order().refunds.filter(({ status }) => statuses.includes(status));
  assert.ok(found.length > 0, `no refund is ${statuses.join(' or ')}`);
  return found;
};
const ended = (life: Life, record: typeof recordRefund | typeof recordRefundFailure): readonly OrderCommand[] =>
  open(life, 'pending').map(({ refund_id, payment_id, amount, method, kind, return_id }) =>
    record({ refund_id, payment_id, amount, method }, kind, return_id),
  );
const resolved = (life: Life, method: Parameters<typeof resolveRefund>[1]) =>
  open(life, 'pending', 'failed').map(({ refund_id }) => resolveRefund(refund_id, method));

const returned = (
  accepted: Readonly<Record<string, number>>,
  opened: Parameters<typeof openReturn>[1] = {},
  settled: Parameters<typeof settleReturn>[2] = {},
) => [openReturn('r-1', opened), settleReturn('r-1', accepted, settled)];
const EVERYTHING = { A: 1, B: 1 };

/** The outcome of a charge at a payment service that answers with this status. */
const chargeAt = async (status: number, word?: string): Promise<GatewayOutcome> => {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ status: word }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  try {
    return await createHttpGateway({ url: `http://127.0.0.1:${address.port}` }).charge({
      idempotency_key: 'key',
      payment_id: 'p-1',
      order_id: 'o-1',
      customer_id: 'c-1',
      amount: 11_500,
      currency: 'USD',
      method: 'credit_card',
      payment_token: null,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const STEPS: readonly (readonly [words: RegExp, step: Step])[] = [
  [/^place the order$/, () => [placeFifties('A', 'B')]],
  [
    /^an admin places the order with (\S+) tax on line A$/,
    (_life, tax) => [
      { ...placeFifties('A', 'B', { lines: [fiftyLine('A', { tax: minor(tax) }), fiftyLine('B')] }), by: ADMIN },
    ],
  ],
  [/^confirm the order$/, () => [take('confirm')]],
  [/^start processing$/, () => [take('start_processing')]],
  [/^deliver the order$/, () => ['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action))],
  [/^cancel the order$/, () => [take('cancel')]],
  [/^remove line B$/, () => [{ ...modify([fiftyLine('A')]), by: ADMIN }]],
  [
    /^an admin places the order at other prices than the catalogue's$/,
    () => [{ ...placeFifties('A', 'B', { overrides_catalogue: true }), by: ADMIN }],
  ],
  [/^the customer sends the same items$/, () => [modify(LINES)]],
  [/^an admin sends the same items$/, () => [{ ...modify(LINES), by: ADMIN }]],
  [
    /^pay (\S+)( in cash)?$/,
    (life, amount, inCash) =>
      by(inCash ? 'cash_on_delivery' : 'credit_card', `p-${life.order().payments.length + 1}`, minor(amount)),
  ],
  [/^start a payment of (\S+)$/, (life, amount = '') => [started(life, amount)]],
  [/^the payment arrives$/, (life) => [captured(life)]],
  [/^the payment is declined$/, (life) => [recordPaymentFailure(paymentOf(life, 'in_flight').payment_id)]],
  [
    /^the payment service answers (\d+)(?: with the status `(\w+)`)?$/,
    async (life, status, word) => {
      const { outcome } = await chargeAt(Number(status), word);
      if (outcome === 'declined') return [recordPaymentFailure(paymentOf(life, 'in_flight').payment_id)];
      return outcome === 'succeeded' ? [captured(life)] : [];
    },
  ],
  [
    /^refund (\S+) of the payment(?:, (\d+) times)?$/,
    (life, amount, times = '1') =>
      Array.from({ length: Number(times) }, () => refundByHand(paymentOf(life, 'captured').payment_id, minor(amount))),
  ],
  [/^credit line B$/, () => [refundOrder({ items: [{ order_item_id: 'B' }], reason_category: 'out_of_stock' })]],
  [/^credit (\S+) goodwill$/, (_life, amount) => [refundOrder({ goodwill: minor(amount) })]],
  [/^the refunds? arrives?$/, (life) => ended(life, recordRefund)],
  [/^the refund fails$/, (life) => ended(life, recordRefundFailure)],
  [/^withdraw the refund$/, (life) => resolved(life, 'withdraw')],
  [/^retry the refund$/, (life) => resolved(life, 'retry')],
  [/^pay the refund out by bank transfer$/, (life) => resolved(life, 'bank_transfer')],
  [/^pay the refund out in cash$/, (life) => resolved(life, 'cash')],
  [/^return everything$/, () => returned(EVERYTHING)],
  [/^return everything as damaged$/, () => returned(EVERYTHING, { reason: 'damaged' })],
  [/^return everything for store credit$/, () => returned(EVERYTHING, {}, { refund_method: 'store_credit' })],
  [/^return line A with a fee of (\S+)$/, (_life, fee) => returned({ A: 1 }, {}, { restocking_fee: minor(fee) })],
];

const commandsOf = async (life: Life, words: string): Promise<readonly OrderCommand[]> => {
  for (const [pattern, step] of STEPS) {
    const match = pattern.exec(words);
    if (match !== null) return step(life, ...match.slice(1));
  }
  throw new Error(`the page has an unknown step: ${words}`);
};

const takeStep = async (life: Life, text: string): Promise<void> => {
  const [words = '', rejection] = text.split(' → ');
  const commands = await commandsOf(life, words);
  if (rejection === undefined) {
    // One by one with the rule after each, as its process does.
    for (const command of commands) life.does(command, refundOverpaid);
    return;
  }
  const codes = commands.map((command) => {
    const outcome = life.send(command);
    return 'rejected' in outcome ? `\`${outcome.rejected}\`` : 'accepted';
  });
  assert.equal(codes, [rejection], words);
};

/** The number under a heading, as the order has it. */
const cellOf = (order: Order, heading: string): string => {
  const { refund_status, payment_status, ...ledger } = ledgerOf(order);
  const { invoiced, credited_by_documents } = reconcile(order);
  const settlement = order.returns[0]?.settlement;
  const name = heading.replaceAll(' ', '_');
  if (name === 'refund_status') return refund_status;
  if (name === 'payment_status') return payment_status;
  const amounts: Readonly<Record<string, number | undefined>> = {
    ...ledger,
    invoiced,
    credited_by_documents,
    settled: settlement?.amount,
    paid_out: settlement?.pays,
    fee_taken: settlement?.restocking_fee,
  };
  assert.ok(name in amounts, `the page has an unknown column: ${heading}`);
  const amount = amounts[name];
  return amount === undefined ? '-' : major(amount);
};

const cellsOf = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The tables of a text, row by row under their headings. */
const tablesIn = (text: string): readonly (readonly Cells[])[] =>
  [...text.matchAll(/^\|[^\n]+\n\| ---[^\n]*\n(?:\|[^\n]+\n?)+/gm)].map(([table]) => {
    const [head = '', , ...rows] = table.trimEnd().split('\n');
    const headings = cellsOf(head);
    return rows.map((row) => {
      const cells = cellsOf(row);
      assert.is(cells.length, headings.length, row);
      return Object.fromEntries(headings.map((heading, index) => [heading, cells[index] ?? '']));
    });
  });

const examples = [
  ...(await readFile(join(repository, 'docs/money.md'), 'utf8')).matchAll(
    /^### (\d+)\. ([^\n]+)\n([\s\S]*?)(?=^#|$(?![\s\S]))/gm,
  ),
].map(([, number = '', title = '', text = '']) => ({ number: Number(number), title, text }));

test('has one example for each case, each with a table', () => {
  assert.equal(
    examples.map(({ number }) => number),
    Array.from({ length: EXAMPLE_COUNT }, (_, index) => index + 1),
  );
  for (const { title, text } of examples) assert.ok(tablesIn(text).length > 0, `${title} has no table`);
});

const plain = (cell = ''): string => cell.replaceAll('`', '');

const carryOut = async (rows: readonly Cells[], paymentRequired: boolean): Promise<void> => {
  const life = runOrder(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, paymentRequired }));
  for (const { step = '', ...expected } of rows) {
    await takeStep(life, step);
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, cellOf(life.order(), name)]));
    assert.equal(found, expected, step);
    assert.ok(reconcile(life.order()).agrees, `${step}: documents and money do not agree`);
  }
};

for (const { number, title, text } of examples)
  test(`${number}. ${title}`, async () => {
    for (const rows of tablesIn(text)) {
      const [first = {}] = rows;
      if ('written' in first) {
        for (const { written, means } of rows) assert.is(refundMethodOf(plain(written)) ?? 'rejected', plain(means));
      } else if ('the gateway writes' in first) {
        for (const row of rows)
          assert.is(failureReasonOf(plain(row['the gateway writes'])), plain(row['the customer reads']));
      } else await carryOut(rows, text.includes('`PAYMENT_REQUIRED=true`'));
    }
  });

test.run();
