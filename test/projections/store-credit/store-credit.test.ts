import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { storeCreditIdOf } from '../../../src/commands/index.ts';
import type { Fact } from '../../../src/domain/shared/decider.ts';
import type { StoreCreditEvent } from '../../../src/domain/store-credit/index.ts';
import type { Recorded } from '../../../src/event-store/recorded.ts';
import { storeCreditStream } from '../../../src/event-store/stream-names.ts';
import { findStoreCreditIds, storeCreditBalances } from '../../../src/projections/store-credit/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { NOON, NOON_DAYS, SYSTEM } from '../../support/decider-spec.ts';

const test = suite<{ database: TestDatabase }>('store_credit');
test.before(async (context) => void (context.database = await openTestDatabase()));
test.after(({ database }) => database.close());

const EUR = storeCreditIdOf('c-1', 'EUR');

const given = (
  revision: bigint,
): Pick<Recorded, 'stream' | 'revision'> & { readonly fact: Fact<StoreCreditEvent> } => ({
  stream: storeCreditStream(EUR),
  revision,
  fact: {
    type: 'StoreCreditGiven',
    data: {
      customer_id: 'c-1',
      currency: 'EUR',
      entry_id: `entry-${revision}`,
      amount: 500,
      kind: 'adjustment',
      order_id: null,
      return_id: null,
      reason_category: 'goodwill',
    },
    at: NOON,
    by: SYSTEM,
  },
});
const fold = (row: ReturnType<typeof storeCreditBalances.evolve>, revision: bigint) =>
  storeCreditBalances.evolve(row, given(revision) as Recorded, NOON_DAYS);

test('the first entry of a balance makes its row; later ones leave it as it is', () => {
  const row = fold(undefined, 0n);
  assert.equal(row, { id: EUR, customer_id: 'c-1', currency: 'EUR' });
  assert.is(fold(row, 1n), row);
});

test('a customer has one balance for each currency, and no other customer’s', async ({ database: { db } }) => {
  const rows = [
    ['c-1', 'USD'],
    ['c-1', 'EUR'],
    ['c-2', 'EUR'],
  ].map(([customer_id = '', currency = '']) => ({ id: storeCreditIdOf(customer_id, currency), customer_id, currency }));
  await db('store_credit').insert(rows);
  assert.equal(await findStoreCreditIds(db, 'c-1'), [EUR, storeCreditIdOf('c-1', 'USD')]);
  assert.equal(await findStoreCreditIds(db, 'c-3'), []);
});

test.run();
