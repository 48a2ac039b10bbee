import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { storeCreditDecider, type StoreCredit, type StoreCreditCommand } from '../../src/domain/store-credit/index.ts';
import { fact, NOON, specFor } from '../support/decider-spec.ts';
import { ADMIN } from '../support/order-commands.ts';
import { always } from '../support/property.ts';

const test = suite('store credit');
const given = specFor(storeCreditDecider);

const entry = (entry_id: string, amount: number) => ({
  customer_id: 'c-1',
  currency: 'JPY',
  entry_id,
  amount,
  kind: 'adjustment' as const,
  order_id: null,
  return_id: null,
  reason_category: null,
});
const give = (id: string, amount: number): StoreCreditCommand => ({
  type: 'GiveStoreCredit',
  data: entry(id, amount),
  at: NOON,
  by: ADMIN,
});
const spend = (id: string, amount: number): StoreCreditCommand => ({ ...give(id, amount), type: 'SpendStoreCredit' });

test('no more is spent than there is, and no entry is made twice', () => {
  const past = [{ type: 'StoreCreditGiven', data: entry('e-1', 100) } as const];
  given(...past)
    .when(spend('e-2', 101))
    .thenRejected('store_credit.insufficient', { balance: 100, requested: 101 });
  given(...past)
    .when(spend('e-2', 100))
    .then({ type: 'StoreCreditSpent', data: entry('e-2', 100) });
  given(...past)
    .when(give('e-1', 100))
    .thenNothing();
  given().when(give('e-1', 0)).thenRejected('store_credit.invalid_amount');
  given().when(spend('e-1', 1)).thenRejected('store_credit.insufficient', { balance: 0 });
});

test('the balance is never below nothing, and is the sum of its entries', () =>
  always(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 15 }), fc.integer({ min: 1, max: 50 })), { maxLength: 40 }),
      (asked) => {
        let state: StoreCredit = storeCreditDecider.initialState;
        for (const [isGiven, n, amount] of asked) {
          const command = isGiven ? give(`e-${n}`, amount) : spend(`e-${n}`, amount);
          const decision = storeCreditDecider.decide(command, state);
          if ('rejected' in decision) continue;
          state = decision.accepted.reduce((s, event) => storeCreditDecider.evolve(s, fact(event)), state);
          assert.ok(state.balance >= 0);
        }
        assert.is(
          state.balance,
          state.entries.reduce((sum, { amount }) => sum + amount, 0),
        );
        assert.is(new Set(state.entries.map(({ entry_id }) => entry_id)).size, state.entries.length);
      },
    ),
  ));

test.run();
