import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ledgerOf, needsOf, orderFold, type Order } from '../../../src/domain/order/index.ts';
import { toDecimal } from '../../../src/domain/shared/amount-notation.ts';
import type { Recorded } from '../../../src/event-store/recorded.ts';
import type { Row } from '../../../src/projections/engine/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { attempt, tries } from '../../domain/order/model-attempts.ts';
import { setUp } from '../../domain/order/model-world.ts';
import { NOON_DAYS } from '../../support/decider-spec.ts';
import { always } from '../../support/property.ts';

const test = suite('the order list against the ledger');
const id = '0193a000-0000-7000-8000-00000000000a';

/** What the columns must say, told from the order's whole state. */
const columnsOf = (order: Order): Row => {
  const { total, owed, payment_status, refund_status } = ledgerOf(order);
  const needs = needsOf(order);
  return {
    status: order.status,
    total: toDecimal(total, order.currency),
    owed: toDecimal(owed, order.currency),
    payment_status,
    refund_status,
    needs_resolution: needs.includes('resolution'),
    needs_payout: needs.includes('payout'),
  };
};

test('after every event of a random history each column says what the ledger of the folded stream says', () => {
  const seen = new Set<unknown>();
  always(
    fc.property(
      fc.boolean(),
      fc.constantFrom('JPY', 'USD', 'KWD'),
      fc.array(attempt, { minLength: 10, maxLength: 50, size: 'max' }),
      (auto, currency, attempts) => {
        const world = setUp([{ unit_price: 500, quantity: 3, share: 10 }], auto, currency);
        for (const one of attempts) tries[one.kind](world, one);
        let row: Row | undefined;
        let state = orderFold.initialState;
        for (const [revision, fact] of world.lived.facts().entries()) {
          const stream = `order-${id}`;
          const recorded = { stream, fact, revision: BigInt(revision) } as Recorded;
          row = orderList.evolve(row, recorded, NOON_DAYS);
          state = orderFold.evolve(state, fact);
          const columns = columnsOf(state as Order);
          for (const [name, value] of Object.entries(columns)) assert.is(row?.[name], value, `${name} at ${revision}`);
          const { payment_status, refund_status, needs_resolution, needs_payout } = columns;
          for (const value of [payment_status, refund_status]) seen.add(value);
          if (needs_resolution === true) seen.add('resolution');
          if (needs_payout === true) seen.add('payout');
          // As the table gives it back: folding goes on from there.
          row = JSON.parse(JSON.stringify(row)) as Row;
        }
      },
    ),
    300,
  );
  const all = ['unpaid', 'partly_paid', 'paid', 'overpaid', 'settled', 'none', 'pending', 'failed', 'done'];
  for (const value of [...all, 'resolution', 'payout']) assert.ok(seen.has(value), `no history reached ${value}`);
});

test.run();
