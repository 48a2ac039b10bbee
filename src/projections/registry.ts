import { documentList } from './documents/index.ts';
import type { Projection } from './engine/index.ts';
import { customerFigures, figures } from './figures/index.ts';
import { numbers } from './numbers/index.ts';
import { orderSearch } from './order-search/index.ts';
import { orderStatusHistory } from './order-status-history/index.ts';
import { orderList } from './orders/index.ts';
import { paymentList } from './payments/index.ts';
import { returnList } from './returns/index.ts';
import { storeCreditBalances } from './store-credit/index.ts';

/** Every read model that is kept from the log. */
export const projections: readonly Projection[] = [
  orderList,
  orderSearch,
  orderStatusHistory,
  documentList,
  returnList,
  paymentList,
  numbers,
  storeCreditBalances,
  figures,
  customerFigures,
];

export const findProjection = (name: string): Projection | undefined =>
  projections.find((projection) => projection.name === name);
