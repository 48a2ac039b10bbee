import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RefundAllocated } from '../../src/domain/order/index.ts';
import { sentenceOf } from '../../src/domain/sentences.ts';
import { orderPlaced } from '../support/orders.ts';

const test = suite('sentences of the timeline');

const refund = { payment_id: 'p-1', amount: 500, method: 'original_payment' } as const;
const allocated = (...ids: readonly string[]): RefundAllocated => ({
  type: 'RefundAllocated',
  data: {
    kind: 'money',
    credit_id: null,
    return_id: null,
    refunds: ids.map((refund_id) => ({ refund_id, ...refund })),
    replaces: [],
    paid_out: false,
    reason_category: null,
  },
});

test('one thing is named as one, and several as several', () => {
  assert.match(sentenceOf(allocated('r-1'), 'EUR'), /, in 1 refund\.$/);
  assert.match(sentenceOf(allocated('r-1', 'r-2'), 'EUR'), /, in 2 refunds\.$/);
  const one = orderPlaced().data.lines.map((line) => ({ ...line, quantity: 1 }));
  assert.match(sentenceOf(orderPlaced({ lines: one }), 'EUR'), /with 1 unit\b/);
  assert.match(sentenceOf(orderPlaced(), 'EUR'), /with 2 units\b/);
});

test.run();
