import { documentList } from './documents/document-list.ts';
import { numbers } from './numbers/numbers.ts';
import { orderList } from './orders/order-list.ts';
import { orderSearch } from './order-search/order-search.ts';
import { paymentList } from './payments/payment-list.ts';
import type { Projection } from './engine/projection.ts';
import { returnList } from './returns/return-list.ts';

/** Every read model that is kept from the log. */
export const projections: readonly Projection[] = [
  orderList,
  orderSearch,
  documentList,
  returnList,
  paymentList,
  numbers,
];

export const findProjection = (name: string): Projection | undefined =>
  projections.find((projection) => projection.name === name);
