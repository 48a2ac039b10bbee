import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { CatalogueRejection, UnsoldLine } from '../../domain/catalogue/index.ts';
import type { Entries } from '../server/rejection-entry.ts';

/** Rejections of carts and of lines that cannot be sold. */
export type CatalogueCode = CatalogueRejection['rejected'];

const WHY: Readonly<Record<UnsoldLine['reason'], string>> = {
  unknown: 'is not in the catalogue',
  not_sold: 'is not sold any more',
  sold_out: 'is sold out',
  no_price: 'has no price',
  currency: 'is sold in another currency',
};

const why = ({ product_id, reason, available }: UnsoldLine): string =>
  available === null || available === 0
    ? `${product_id} ${WHY[reason]}`
    : `there are only ${available} of ${product_id} left`;

export const catalogueRejections: Entries<CatalogueCode> = {
  'cart.empty': {
    status: 422,
    title: 'The cart is empty',
    sentence: () => 'There is nothing in your cart. Put something in it first.',
  },
  'cart.being_ordered': {
    status: 409,
    title: 'The cart is being ordered',
    sentence: () =>
      'Your cart is being ordered by another request, or has just changed. Look at your orders, then repeat.',
  },
  'cart.being_cleared': {
    status: 409,
    title: 'The cart is being emptied',
    sentence: () =>
      'Your last order is placed and its cart not empty yet. Repeat in a moment, with what is in it then.',
  },
  'catalogue.not_sold': {
    status: 422,
    title: 'Not sold like this',
    sentence: ({ lines }) => `Not everything can be sold: ${lines.map(why).join('; ')}.`,
    fields: ({ lines }) =>
      lines.map((line) => ({ field: `items[${line.line}]`, message: why(line), received: line.product_id })),
  },
  'catalogue.price_differs': {
    status: 422,
    title: 'The price has changed',
    sentence: () => 'Not every price is the catalogue’s. See errors for what it says, and send that.',
    fields: ({ lines }) =>
      lines.map(({ line, unit_price, price, currency }) => ({
        field: `items[${line}].unit_price`,
        message: `must be ${toMajor(price, currency)}`,
        received: toMajor(unit_price, currency),
      })),
  },
};
