import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderHistory } from '../../../support/order-history.ts';
import { ERASED } from '../../../../src/domain/shared/decider.ts';
import { fact } from '../../../support/decider-spec.ts';
import { ADMIN, CUSTOMER } from '../../../support/order-commands.ts';
import { assigned, confirmed, placed, started } from '../../../support/order-events.ts';

const test = suite('order: history');

test('every change of status is a row, with who, when and what was said; nothing else is', () => {
  const later = '2026-03-01T13:00:00.000Z';
  const rows = orderHistory([
    fact(placed(), { by: CUSTOMER }),
    fact(assigned()),
    fact({ ...confirmed, data: { personal: { notes: 'called back', reason: 'fraud check' } } }, { by: ADMIN }),
    fact(started, { at: later }),
    fact({ type: 'OrderCancelled', data: { reason_category: null, personal: { reason: 'out of stock' } } }),
  ]);
  assert.equal(
    rows.map(({ previous_status, new_status, notes }) => [previous_status, new_status, notes]),
    [
      [null, 'pending', null],
      ['pending', 'confirmed', 'called back'],
      ['confirmed', 'processing', null],
      ['processing', 'cancelled', 'out of stock'],
    ],
  );
  assert.equal([rows[1]?.changed_by, rows[1]?.changed_by_role], ['admin', 'admin']);
  assert.is(rows[2]?.at, later);
});

test('what was said is gone with the customer’s key, the rows stay', () => {
  const rows = orderHistory([fact(placed({ personal: ERASED })), fact({ ...confirmed, data: { personal: ERASED } })]);
  assert.equal(
    rows.map(({ notes }) => notes),
    [null, null],
  );
});

test.run();
