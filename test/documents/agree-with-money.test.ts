// time limit: 120 s
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentsCausedBy, type CausedDocument, type IssuedDocument } from '../../src/commands/documents.ts';
import { formatMoney } from '../../src/documents/amount.ts';
import { creditMemoDataOf } from '../../src/documents/credit-memo-data.ts';
import { renderCreditMemo } from '../../src/documents/credit-memo.ts';
import type { CreditMemoData, DocumentLine, InvoiceData } from '../../src/documents/document-data.ts';
import { invoiceDataOf } from '../../src/documents/invoice-data.ts';
import { renderInvoice } from '../../src/documents/invoice.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  NO_ORDER,
  reconcile,
  type Order,
  type OrderCommand,
  type OrderDecider,
  type OrderEvent,
  type OrderSettings,
  type OrderState,
} from '../../src/domain/order/index.ts';
import { sum } from '../../src/domain/shared/money.ts';
import { NOON } from '../support/decider-spec.ts';
import { aBasket, aGoodsStep, commandsOf, linesOfBasket, type GoodsStep } from '../support/goods-steps.ts';
import { ADMIN, modify, mug, place, take } from '../support/order-commands.ts';
import { openReturn, recordCapture, refundByHand, refundOrder, settleReturn } from '../support/order-money.ts';
import { seed } from '../support/random.ts';
import { readText } from './pdf-text.ts';

const test = suite('documents agree with money');

const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };

type Made =
  | { readonly caused: CausedDocument; readonly invoice: InvoiceData }
  | { readonly caused: CausedDocument; readonly memo: CreditMemoData };

const issuedOf = (caused: CausedDocument): IssuedDocument => ({
  id: caused.id,
  number: `NO-${caused.credit_id ?? 'invoice'}`,
  status: 'requested',
  request: { ...caused, customer_id: 'c-1', series: 'invoices', year: 2026, after: '-1', as_of: '0' },
  requested_at: NOON,
  rendering: null,
  rendered_at: null,
});

const printed = (order: Order, caused: CausedDocument, events: readonly OrderEvent[]): Made => {
  if (caused.credit_id === null) return { caused, invoice: invoiceDataOf(order, issuedOf(caused), settings) };
  const { credit_id } = caused;
  const refunds = events.flatMap((event) =>
    event.type === 'RefundAllocated' && event.data.credit_id === credit_id ? event.data.refunds : [],
  );
  const credited = { order, credit_id, one: null, refunds, invoice_number: null };
  return { caused, memo: creditMemoDataOf(credited, issuedOf(caused), settings) };
};

/** An order whose documents are made at the very event that causes them. */
class World {
  state: OrderState = NO_ORDER;
  readonly documents: Made[] = [];
  readonly #decider: OrderDecider;

  constructor(settings: Partial<OrderSettings> = {}) {
    this.#decider = createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, ...settings });
  }

  get order(): Order {
    if (!isPlaced(this.state)) throw new Error('it is placed first');
    return this.state;
  }

  /** What is rejected changes nothing. */
  say(command: OrderCommand): void {
    const decision = this.#decider.decide(command, this.state);
    if (!('accepted' in decision)) return;
    for (const event of decision.accepted) {
      this.state = this.#decider.evolve(this.state, { ...event, at: NOON, by: command.by });
      const known = new Set(this.documents.map(({ caused }) => caused.id));
      for (const caused of documentsCausedBy('0195513c-6c00-7000-8000-000000000001', this.order))
        if (!known.has(caused.id)) this.documents.push(printed(this.order, caused, decision.accepted));
    }
  }
}

const part = fc.integer({ min: 1, max: 4_000 });
const lineOf = fc.record({ unit_price: fc.integer({ min: 1, max: 5_000 }), quantity: fc.integer({ min: 1, max: 5 }) });
const step = fc.oneof(
  fc.record({ say: fc.constant('pay' as const), amount: part }),
  fc.record({ say: fc.constant('credit amount' as const), line: fc.nat(2), amount: part }),
  fc.record({ say: fc.constant('credit units' as const), line: fc.nat(2), quantity: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ say: fc.constant('credit shipping' as const), amount: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ say: fc.constant('goodwill' as const), amount: part }),
  fc.record({ say: fc.constant('by hand' as const), amount: part, payment: fc.nat(3) }),
  fc.record({
    say: fc.constant('return' as const),
    line: fc.nat(2),
    quantity: fc.integer({ min: 1, max: 3 }),
    fee: fc.option(fc.integer({ min: 1, max: 2_000 })),
    reviewed: fc.option(part),
  }),
  fc.record({ say: fc.constant('edit' as const), quantity: fc.integer({ min: 1, max: 5 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const linesOf = (lines: readonly { readonly unit_price: number; readonly quantity: number }[]) =>
  lines.map((line, n) => mug({ id: `line-${n}`, product_id: `p-${n}`, discount: n === 0 ? 1 : 0, ...line }));

const act = (world: World, one: Step, n: number): void => {
  const order_item_id = (at: number) => world.order.lines[at % world.order.lines.length]?.id ?? '';
  switch (one.say) {
    case 'pay': {
      world.say(recordCapture(`pay-${n}`, one.amount));
      return;
    }
    case 'credit amount': {
      world.say(refundOrder({ items: [{ order_item_id: order_item_id(one.line), amount: one.amount }] }));
      return;
    }
    case 'credit units': {
      world.say(refundOrder({ items: [{ order_item_id: order_item_id(one.line), quantity: one.quantity }] }));
      return;
    }
    case 'credit shipping': {
      world.say(refundOrder({ shipping: one.amount }));
      return;
    }
    case 'goodwill': {
      world.say(refundOrder({ goodwill: one.amount }));
      return;
    }
    case 'by hand': {
      world.say(refundByHand(world.order.payments[one.payment]?.payment_id ?? 'none', one.amount));
      return;
    }
    case 'return': {
      const item = { order_item_id: order_item_id(one.line), quantity: one.quantity, reason: null };
      world.say(openReturn(`ret-${n}`, { items: [item], reason: 'damaged' }));
      world.say(
        settleReturn(
          `ret-${n}`,
          { [item.order_item_id]: item.quantity },
          { restocking_fee: one.fee ?? 0, reviewed_amount: one.reviewed },
        ),
      );
      return;
    }
    case 'edit': {
      world.say(modify(world.order.lines.map((line) => ({ ...line, quantity: one.quantity }))));
      return;
    }
  }
};

const history = fc.record({
  lines: fc.array(lineOf, { minLength: 1, maxLength: 3 }),
  currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
  before: fc.array(step, { maxLength: 5 }),
  after: fc.array(step, { maxLength: 6 }),
  isClosed: fc.boolean(),
});

const live = ({
  lines,
  currency,
  before,
  after,
  isClosed,
}: typeof history extends fc.Arbitrary<infer H> ? H : never) => {
  const world = new World();
  world.say(place({ lines: linesOf(lines), currency }));
  before.forEach((one, n) => act(world, one, n));
  for (const action of ['confirm', 'start_processing', 'ship', 'deliver']) world.say(take(action));
  after.forEach((one, n) => act(world, one, 100 + n));
  if (isClosed) world.say(take('return_order', { by: ADMIN }));
  return world;
};

const dataOf = (made: Made) => ('invoice' in made ? made.invoice : made.memo);

const addsUp = ({ quantity, unit_price, discount, tax, total }: DocumentLine): boolean =>
  quantity === null || unit_price === null
    ? discount === 0 && tax <= total
    : unit_price * quantity - discount + tax === total;

/** As a reader checks them with a calculator. */
const assertSumsUp = (made: Made): void => {
  const data = dataOf(made);
  assert.ok(data.lines.every(addsUp), JSON.stringify(data.lines));
  assert.ok(data.lines.every(({ discount, tax, total }) => discount >= 0 && tax >= 0 && total >= 0));
  const net = data.subtotal - data.discount_total + data.tax;
  assert.is(net, sum(data.lines.map(({ total }) => total)));
  const { shipping_cost, total } = data;
  if ('invoice' in made) {
    const { shipping_reduction, goodwill, credited_before } = made.invoice;
    assert.is(net + shipping_cost - shipping_reduction - goodwill - credited_before, total);
    return;
  }
  const { goodwill, adjustment, restocking_fee, credited_before, deducted_later, set_off, paid_out } = made.memo;
  assert.is(net + shipping_cost + goodwill + adjustment - restocking_fee + credited_before + deducted_later, total);
  assert.ok(adjustment <= 0 && credited_before <= 0 && deducted_later <= 0 && set_off >= 0);
  assert.is(set_off + sum(paid_out.map(({ amount }) => amount)), total - deducted_later);
};

const agree = ({ order, documents }: World): void => {
  documents.forEach(assertSumsUp);
  const sumOf = (type: 'invoice' | 'memo') =>
    sum(documents.filter((made) => type in made).map((made) => dataOf(made).total));
  const { invoiced, credited_by_documents, uninvoiced, owed, agrees } = reconcile(order);
  assert.ok(agrees);
  assert.equal([sumOf('invoice'), sumOf('memo')], [invoiced, credited_by_documents]);
  assert.is(sumOf('invoice') - sumOf('memo') + uninvoiced, owed);
  assert.ok(documents.every((made) => 'invoice' in made || made.memo.total > 0));
};

test(`documents sum up, and invoices less memos are what is owed (SEED=${seed})`, () => {
  let memos = 0;
  fc.assert(
    fc.property(history, (given) => {
      const world = live(given);
      agree(world);
      memos += world.documents.filter((made) => 'memo' in made).length;
    }),
    { seed, numRuns: Number(process.env['RUNS'] ?? 1_000) },
  );
  assert.ok(memos > 500, `${memos} memos`);
});

test(`documents of parcels that are lost, sent again, cut short and returned sum up too (SEED=${seed})`, () => {
  const seen = new Set<string>();
  const goods = fc.record({
    invoicePer: fc.constantFrom('order', 'shipment'),
    basket: aBasket,
    before: fc.array(aGoodsStep, { maxLength: 3 }),
    steps: fc.array(aGoodsStep, { minLength: 4, maxLength: 20, size: 'max' }),
  });
  fc.assert(
    fc.property(goods, ({ invoicePer, basket, before, steps }) => {
      const world = new World({ invoicePer });
      world.say(place({ lines: linesOfBasket(basket) }));
      const play = (all: readonly GoodsStep[]) => {
        for (const one of all) for (const command of commandsOf(one, world.order)) world.say(command);
      };
      play(before);
      for (const action of ['confirm', 'start_processing']) world.say(take(action));
      play(steps);
      agree(world);
      for (const made of world.documents) seen.add('memo' in made ? `memo of ${made.memo.kind}` : 'invoice');
    }),
    { seed, numRuns: 300 * Number(process.env['RUNS'] ?? 1), includeErrorInReport: true },
  );
  for (const kind of ['return', 'line', 'cancellation']) assert.ok(seen.has(`memo of ${kind}`), kind);
});

test(`the same stands in the files (SEED=${seed})`, () =>
  fc.assert(
    fc.asyncProperty(history, async (given) => {
      for (const made of live(given).documents) {
        const bytes = 'invoice' in made ? await renderInvoice(made.invoice) : await renderCreditMemo(made.memo);
        const text = await readText(bytes);
        const { total, currency } = dataOf(made);
        const label = 'invoice' in made ? 'Total' : 'Total credited';
        assert.ok(text.includes(`${label} ${formatMoney(total, currency)}`), text);
        const setOff = 'memo' in made ? made.memo.set_off : 0;
        const isSaid = text.includes(`Set off against what was due ${formatMoney(setOff, currency)}`);
        assert.is(isSaid, setOff > 0, text);
      }
    }),
    { seed, numRuns: 12 },
  ));

test.run();
