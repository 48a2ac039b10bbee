import { documentList } from './document-list.ts';
import { numbers } from './numbers.ts';
import { orderList } from './order-list.ts';
import { orderSearch } from './order-search.ts';
import { paymentList } from './payment-list.ts';
import type { Projection } from './projection.ts';
import { returnList } from './return-list.ts';

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
