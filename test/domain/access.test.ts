import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needsCreditMemo } from '../../src/domain/document/index.ts';
import { canAccess } from '../../src/domain/shared/access.ts';

const test = suite('access');

const order = { customer_id: 'cara', delivery: { partner_id: 'dan' } };
const unassigned = { customer_id: 'cara', delivery: { partner_id: null } };
const payment = { customer_id: 'cara' };

test('a customer reaches what is their own, and nothing else', () => {
  for (const thing of [order, unassigned, payment]) {
    assert.ok(canAccess({ id: 'cara', role: 'customer' }, thing));
    assert.not.ok(canAccess({ id: 'carl', role: 'customer' }, thing));
    assert.not.ok(canAccess({ id: 'dan', role: 'customer' }, thing));
  }
});

test('a delivery partner reaches the orders assigned to them, and nothing else', () => {
  assert.ok(canAccess({ id: 'dan', role: 'delivery_partner' }, order));
  assert.not.ok(canAccess({ id: 'dora', role: 'delivery_partner' }, order));
  assert.not.ok(canAccess({ id: 'cara', role: 'delivery_partner' }, order));
  assert.not.ok(canAccess({ id: 'dan', role: 'delivery_partner' }, unassigned));
  assert.not.ok(canAccess({ id: 'dan', role: 'delivery_partner' }, payment));
});

test('a delivery partner reaches an order until it is delivered or cancelled', () => {
  const dan = { id: 'dan', role: 'delivery_partner' } as const;
  const at = '2026-03-01T12:00:00.000Z';
  assert.ok(canAccess(dan, { ...order, delivered_at: null, cancelled_at: null }));
  assert.not.ok(canAccess(dan, { ...order, delivered_at: at }));
  assert.not.ok(canAccess(dan, { ...order, cancelled_at: at }));
});

test('staff, auditors, services and Waybill itself reach everything', () => {
  for (const role of ['admin', 'auditor', 'service', 'system'] as const)
    for (const thing of [order, unassigned, payment]) assert.ok(canAccess({ id: 'x', role }, thing), role);
});

test('a credit needs a credit memo when it takes back something that is invoiced; none is over 0', () => {
  assert.ok(needsCreditMemo({ amount: 1, invoiced: true }));
  assert.not.ok(needsCreditMemo({ amount: 0, invoiced: true }));
  assert.not.ok(needsCreditMemo({ amount: 1, invoiced: false }));
});

test.run();
