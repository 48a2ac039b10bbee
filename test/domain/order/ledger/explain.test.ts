import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentsCausedBy } from '../../../../src/commands/documents.ts';
import { explainDocument } from '../../../../src/domain/document/index.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  EXPLAINED_OF_ITEM,
  EXPLAINED_SUMS,
  explainOrder,
  finalPrice,
  isMoneyAlike,
  isPlaced,
  ledgerOf,
  NO_ORDER,
  orderFold,
  orderTotals,
  refundedAmount,
  valueOfReturn,
  type Order,
  type OrderEvent,
  type OrderState,
} from '../../../../src/domain/order/index.ts';
import { EXPLAINED_OF_PAYMENT, explainPayment, refundedOf } from '../../../../src/domain/payment/index.ts';
import { EXPLAINED_OF_RETURN, explainReturn } from '../../../../src/domain/return/index.ts';
import type { Fact } from '../../../../src/domain/shared/decider.ts';
import { explain, RULES, type Explained, type Explanation } from '../../../../src/domain/shared/explanation.ts';
import { NOON } from '../../../support/decider-spec.ts';
import { aBasket, aGoodsStep, commandsOf, linesOfBasket } from '../../../support/goods-steps.ts';
import { ADMIN, mug, place, take } from '../../../support/order-commands.ts';
import { recordCapture, refundOrder } from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';
import { always } from '../../../support/property.ts';
import { attempt, tries } from '../model-attempts.ts';
import { setUp, type World } from '../model-world.ts';

const test = suite('explained amounts');

const explainFrom = (facts: readonly Fact<OrderEvent>[], of: (order: Order) => Explanation | undefined) =>
  explain(orderFold, facts, (state) => (isPlaced(state) ? of(state) : undefined), isMoneyAlike);

const sumOf = (terms: readonly { readonly amount: number }[]): number =>
  terms.reduce((total, { amount }) => total + amount, 0);

/** It adds up, to this amount, and no term is empty. */
const adds = <E>(explained: Explained<E> | undefined, amount: number, field: string): Explained<E> => {
  assert.ok(explained, `${field} is not explained`);
  assert.is(explained.amount, amount, field);
  assert.is(sumOf(explained.terms), amount, `the terms of ${field}`);
  assert.ok(explained.terms.every((term) => Number.isSafeInteger(term.amount) && term.amount !== 0 && term.label));
  return explained;
};

const amountsOf = (order: Order): readonly (readonly [field: string, amount: number])[] => {
  const amounts = { ...orderTotals(order), ...ledgerOf(order) };
  return [
    ...EXPLAINED_SUMS.map((field) => [field, amounts[field]] as const),
    ...order.lines.flatMap((line) =>
      EXPLAINED_OF_ITEM.map(
        (name) => [`items.${line.id}.${name}`, { ...line, final_price: finalPrice(line) }[name]] as const,
      ),
    ),
  ];
};

/** The documents that the facts cause, each with the facts up to its cause. */
const documentsOf = (facts: readonly Fact<OrderEvent>[]) => {
  let state: OrderState = NO_ORDER;
  const seen = new Set<string>();
  return facts.flatMap((fact, index) => {
    state = orderFold.evolve(state, fact);
    return documentsCausedBy('o-1', isPlaced(state) ? state : NOTHING)
      .filter(({ id }) => !seen.has(id) && seen.add(id))
      .map((document) => ({ until: facts.slice(0, index + 1), ...document }));
  });
};

const NOTHING = { invoices: [], credits: [], currency: 'EUR' };

const explainsAll = ({ lived, payments }: World, seen: Set<string>): void => {
  const [facts, order] = [lived.facts(), lived.order()];
  for (const [field, amount] of amountsOf(order)) {
    const { terms, rounding } = adds(
      explainFrom(facts, (state) => explainOrder(state, field)),
      amount,
      field,
    );
    for (const { key } of terms) seen.add(key.split(':')[0] ?? key);
    if (rounding !== undefined) assert.is(rounding.share + rounding.remainder, amount);
  }
  for (const { return_id: id, settlement } of order.returns) {
    const one = { review: null, restocking_fee: settlement?.restocking_fee ?? 0 };
    const amounts = {
      refund_amount: valueOfReturn(order, id).amount,
      refunded_amount: refundedAmount(order, id),
      restocking_fee: one.restocking_fee,
    };
    for (const field of EXPLAINED_OF_RETURN) {
      const explained = explainFrom(facts, (state) => explainReturn({ id, one, order: state }, field));
      for (const { key } of adds(explained, amounts[field], `${field} of ${id}`).terms)
        seen.add(key.split(':')[0] ?? key);
    }
  }
  for (const payment of payments.values()) {
    if (payment.status === 'none') continue;
    const fold = { initialState: payment, evolve: () => payment };
    for (const field of EXPLAINED_OF_PAYMENT)
      adds(
        explain(fold, [null], (state) => explainPayment(state, field)),
        refundedOf(payment),
        field,
      );
  }
  explainsDocuments(facts, seen);
};

const explainsDocuments = (facts: readonly Fact<OrderEvent>[], seen: Set<string>): void => {
  for (const { until, ...document } of documentsOf(facts)) {
    const explained = explainFrom(until, (state) => explainDocument(state, document, 'total'));
    const { terms } = adds(explained, document.amount, document.document_type);
    seen.add(document.document_type);
    for (const { key } of terms) seen.add(key.split(':')[0] ?? key);
  }
};

const basket = fc.array(
  fc.record({
    unit_price: fc.integer({ min: 1, max: 999 }),
    quantity: fc.integer({ min: 1, max: 4 }),
    share: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 1, maxLength: 3 },
);

test('every amount of random histories is the sum of its terms, each with the event that made it', () => {
  const seen = new Set<string>();
  always(
    fc.property(
      basket,
      fc.boolean(),
      fc.constantFrom('JPY', 'USD', 'KWD'),
      fc.array(attempt, { minLength: 10, maxLength: 60, size: 'max' }),
      (wanted, auto, currency, attempts) => {
        const world = setUp(wanted, auto, currency);
        for (const one of attempts) tries[one.kind](world, one);
        explainsAll(world, seen);
      },
    ),
    200,
  );
  // A test that never gets anywhere proves nothing.
  for (const reached of [
    ...['price', 'discount', 'tax', 'share', 'remainder', 'shipping', 'credit', 'nothing', 'payment', 'refund'],
    ...['overpaid', 'item', 'fee', 'review', 'owed', 'invoice', 'credit_memo'],
  ])
    assert.ok(seen.has(reached), `no run reached ${reached}`);
});

test('invoices of shipments, and memos of what was lost, cancelled and credited, are the sums of their terms', () => {
  const seen = new Set<string>();
  const decider = createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, invoicePer: 'shipment' });
  always(
    fc.property(aBasket, fc.array(aGoodsStep, { minLength: 4, maxLength: 30, size: 'max' }), (basket, steps) => {
      const lived = runOrder(decider);
      lived.does(place({ lines: linesOfBasket(basket) }), recordCapture('p-1', 400));
      lived.does(take('confirm'), take('start_processing'));
      for (const one of steps) for (const command of commandsOf(one, lived.order())) lived.send(command);
      for (const [field, amount] of amountsOf(lived.order()))
        adds(
          explainFrom(lived.facts(), (state) => explainOrder(state, field)),
          amount,
          field,
        );
      explainsDocuments(lived.facts(), seen);
    }),
    200,
  );
  for (const reached of ['reduction', 'deducted', 'later', 'credit', 'item']) assert.ok(seen.has(reached), reached);
});

test('the cent that rounding gives to one line is a term of its own', () => {
  const lived = runOrder();
  const lines = [5, 9].map((unit_price, index) => mug({ id: `l-${index}`, unit_price, quantity: 1 }));
  lived.does(place({ lines, tax_rate: '0.1' }));
  const taxOf = (id: string) => {
    const explained = explainFrom(lived.facts(), (order) => explainOrder(order, `items.${id}.tax`));
    return [explained?.amount, explained?.terms.map(({ key, amount }) => [key, amount]), explained?.rounding];
  };
  assert.equal(taxOf('l-0'), [0, [], { method: 'largest_remainder', share: 0, remainder: 0 }]);
  assert.equal(taxOf('l-1'), [1, [['remainder', 1]], { method: 'largest_remainder', share: 0, remainder: 1 }]);
});

test('an event that changes no money, such as a note, costs no new terms', () => {
  const lived = runOrder();
  lived.does(place(), {
    type: 'AddNote',
    data: { text: 'Call first', visible_to_customer: false },
    at: NOON,
    by: ADMIN,
  });
  let built = 0;
  const explained = explainFrom(lived.facts(), (order) => {
    built += 1;
    return explainOrder(order, 'total');
  });
  assert.equal([lived.facts().length, built], [2, 1]);
  assert.ok(explained?.terms.every(({ event }) => event.type === 'OrderPlaced'));
});

test('a credit by hand says what it gave for each line, for shipping and as goodwill', () => {
  const lived = runOrder();
  lived.does(place({ lines: [mug({ id: 'l-0', unit_price: 500, quantity: 2 })], shipping_cost: 300 }));
  lived.does(refundOrder({ items: [{ order_item_id: 'l-0', amount: 11 }], shipping: 10, goodwill: 9 }));
  const of = (field: string) =>
    explainFrom(lived.facts(), (order) => explainOrder(order, field))?.terms.map(({ label, amount }) => [
      label,
      amount,
    ]);
  const parts = [
    ['Credit for Mug', 11],
    ['Credit for shipping', 10],
    ['Credit: goodwill', 9],
  ] as const;
  assert.equal(of('credited'), parts);
  assert.equal(
    of('amount_due')?.slice(-3),
    parts.map(([label, amount]) => [label, -amount]),
  );
});

test('an amount that does not exist is not explained', () => {
  const lived = runOrder();
  lived.does(place());
  for (const field of ['totals', 'items', 'items.x.tax', 'items..tax', '__proto__', 'total.tax'])
    assert.is(
      explainFrom(lived.facts(), (order) => explainOrder(order, field)),
      undefined,
      field,
    );
});

test('every rule is a heading of the rules', async () => {
  const headings = (await readFile('docs/rules.md', 'utf8'))
    .match(/^## [^(\n]+/gm)
    ?.map((line) => line.slice(3).trim());
  for (const rule of RULES) assert.ok(headings?.includes(rule), rule);
});

test.run();
