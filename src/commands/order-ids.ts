import { v5 as uuidv5 } from 'uuid';
import type { OrderIds } from '../domain/order/index.ts';

const REFUND_IDS = '5a0f4f8e-0d1d-5c52-9d53-6f1c8a0be0b4';
const CREDIT_IDS = '0b9c6a52-6f0e-5d1c-9c4b-8f2f5b8a4e17';
const RETURN_ITEM_IDS = 'c9a4d1f7-3b5e-5e0e-8f2a-1d7f60c2a9b3';

/** UUIDs for what an order's decisions create: the same decision on the same facts gives the same ids. */
export const orderIds: OrderIds = {
  refundId: (payment_id, n) => uuidv5(`${payment_id}/${n}`, REFUND_IDS),
  creditId: (order_number, n) => uuidv5(`${order_number}/${n}`, CREDIT_IDS),
  returnItemId: (return_id, order_item_id) => uuidv5(`${return_id}/${order_item_id}`, RETURN_ITEM_IDS),
};
