import * as assert from 'uvu/assert';
import type { OrderBody } from '../../../src/http/orders/body.ts';
import type { Answered, Ask } from './ask.ts';
import type { Acknowledged } from './shoppers.ts';

export type Listed<T> = { readonly rows: readonly T[]; readonly total: number };

/** Reads a list page by page, following its links. */
export const readAllPages = async <T>(ask: Ask, path: string): Promise<Listed<T>> => {
  const rows: T[] = [];
  let total = 0;
  for (let next: string | undefined = path; next !== undefined;) {
    const answered: Answered<readonly T[]> = await ask({ path: next });
    assert.is(answered.status, 200, answered.bytes.toString());
    rows.push(...answered.body);
    total = Number(answered.headers.get('x-total-count'));
    next = /<([^>]+)>; rel="next"/.exec(answered.headers.get('link') ?? '')?.[1];
  }
  return { rows, total };
};

const countOf = async (ask: Ask, filter: string): Promise<number> =>
  Number((await ask({ path: `/api/v1/orders?limit=1&${filter}` })).headers.get('x-total-count'));

const groupSizes = (values: readonly string[]): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return sizes;
};

/** Every acknowledged order exists once, in its last acknowledged state; lists, single orders and counts agree. */
export const inspectOrders = async (ask: Ask, orders: readonly Acknowledged[]): Promise<void> => {
  const { rows, total } = await readAllPages<OrderBody>(ask, '/api/v1/orders?limit=100');
  const listed = new Map(rows.map((row) => [row.id, row]));
  assert.is(listed.size, rows.length, 'an order is listed twice');
  assert.equal([...listed.keys()].toSorted(), orders.map(({ id }) => id).toSorted(), 'the acknowledged orders');
  assert.is(new Set(rows.map((row) => row.order_number)).size, rows.length, 'an order number was given twice');
  assert.is(total, orders.length, 'the count of all orders');

  for (const { id, number, status, steps } of orders) {
    const { body, headers } = await ask<OrderBody>({ path: `/api/v1/orders/${id}` });
    assert.equal([body.order_number, body.status, headers.get('etag')], [number, status, `"${steps - 1}"`]);
    assert.equal(listed.get(id), body, 'the row of the list is the fold of the stream');
    const history = await ask<readonly unknown[]>({ path: `/api/v1/orders/${id}/history` });
    assert.is(history.body.length, steps, `${number}: each step once`);
    const byNumber = await ask<OrderBody>({ path: `/api/v1/orders/${number}` });
    assert.is(byNumber.body.id, id);
  }
  for (const [status, size] of groupSizes(rows.map((row) => row.status)))
    assert.is(await countOf(ask, `status=${status}`), size, `the count of ${status}`);
  for (const [customer, size] of groupSizes(rows.map((row) => row.customer_id)))
    assert.is(await countOf(ask, `customer_id=${customer}`), size, `the count of ${customer}`);
};
