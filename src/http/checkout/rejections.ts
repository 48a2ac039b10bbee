import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { CatalogueRejection, UnsoldLine } from '../../domain/catalogue/index.ts';
import type { Entries } from '../server/rejection-entry.ts';

const WHY: Readonly<Record<UnsoldLine['reason'], string>> = {
  unknown: 'is not in the catalogue',
  not_sold: 'is no longer sold',
  sold_out: 'is sold out',
  no_price: 'has no price',
  currency: 'is sold in another currency',
};

const why = ({ product_id, reason, available }: UnsoldLine): string =>
  available === null || available === 0
    ? `${product_id} ${WHY[reason]}`
    : `there are only ${available} of ${product_id} left`;

const left = ({ product_id, available }: UnsoldLine): string => `${available ?? 0} of ${product_id} left`;

/** Rejections of carts and of lines that cannot be sold. */
export const catalogueRejections: Entries<CatalogueRejection['rejected']> = {
  'cart.empty': {
    status: 422,
    title: 'The cart is empty',
    sentence: () => 'Your cart is empty. Add a product first.',
  },
  'cart.being_ordered': {
    status: 409,
    title: 'The cart is being ordered',
    sentence: () =>
      'Another request is ordering your cart, or the cart has just changed. Check your orders, then repeat the request.',
  },
  'cart.being_cleared': {
    status: 409,
    title: 'The cart is being emptied',
    sentence: () =>
      'Your last order was placed, and your cart is still being emptied. Check the cart, then repeat the request.',
  },
  'catalogue.not_sold': {
    status: 422,
    title: 'Not available',
    sentence: ({ lines }) => `Some items cannot be sold: ${lines.map(why).join('; ')}.`,
    fields: ({ lines }) =>
      lines.map((line) => ({ field: `items[${line.line}]`, message: why(line), received: line.product_id })),
  },
  'stock.insufficient': {
    status: 409,
    title: 'Not enough in stock',
    sentence: ({ lines }) => `Not enough in stock: ${lines.map(left).join('; ')}. Order what is left.`,
    fields: ({ lines }) =>
      lines.map((line) => ({ field: `items[${line.line}].quantity`, message: left(line), received: line.product_id })),
  },
  'catalogue.price_differs': {
    status: 422,
    title: 'The price has changed',
    sentence: () => 'Some prices differ from the catalogue. Send the prices that errors lists.',
    fields: ({ lines }) =>
      lines.map(({ line, unit_price, price, currency }) => ({
        field: `items[${line}].unit_price`,
        message: `must be ${toMajor(price, currency)}`,
        received: toMajor(unit_price, currency),
      })),
  },
};
