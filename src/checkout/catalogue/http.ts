import { Type, type Static } from '@sinclair/typebox';
import type { Product, Products } from '../../domain/catalogue/index.ts';
import type { Catalogue, Stock } from '../ports.ts';
import { parseAmount } from '../../domain/shared/amount-notation.ts';
import type { Currency } from '../../domain/shared/money.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import { ServiceUnavailable, clip, expectOk, type HttpService } from '../../gateways/http/index.ts';

const maybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const product = Type.Object({
  id: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
  name: maybeText,
  sku: maybeText,
  description: maybeText,
  price: Type.Union([Type.Number(), Type.String()]),
  currency: Type.Optional(Type.String()),
  stock_quantity: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  is_active: Type.Optional(Type.Boolean()),
  returnable: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  return_window_days: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 3650 }), Type.Null()])),
});

/** How many products are requested at once. */
const AT_ONCE = 8;
const REJECTIONS = [409, 422];

/** An invalid price, or the answer for another product, counts as no answer. */
const toProduct = (name: string, id: string, body: Static<typeof product>, defaultCurrency: Currency): Product => {
  const currency = body.currency ?? defaultCurrency;
  const price = parseAmount(body.price, currency);
  if (!('minor' in price) || price.minor < 0 || (body.id !== undefined && String(body.id) !== id))
    throw new ServiceUnavailable(name, `answered without a readable price of ${id}`);
  return {
    product_id: id,
    name: clip(body.name, 200),
    sku: clip(body.sku, 100),
    description: clip(body.description, 2000),
    unit_price: price.minor,
    currency,
    stock: body.stock_quantity ?? null,
    is_sold: body.is_active ?? true,
    returnable: body.returnable ?? true,
    return_window_days: body.return_window_days ?? null,
  };
};

/** The merchant's product service: `GET /api/products/{id}`, `PATCH /api/products/{id}/stock`. */
export const createHttpCatalogue = (
  service: HttpService,
  { currency }: { /** Of prices that name none. */ readonly currency: Currency },
): Catalogue & Stock => {
  const findOne = async (id: string, trace: Parameters<Catalogue['find']>[1]): Promise<Product | undefined> => {
    const answer = await service.ask({ method: 'GET', path: ['api', 'products', id], trace, answer: product });
    if (!answer.ok && answer.status === 404) return undefined;
    return toProduct(service.name, id, expectOk(service, answer), currency);
  };
  return {
    isOwn: false,
    exists: () => Promise.resolve(true),
    find: async (ids, trace): Promise<Products> => {
      const found = await mapAtMost(AT_ONCE, [...new Set(ids)], (id) => findOne(id, trace));
      return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.product_id, one]])));
    },
    change: async ({ product_id, change, order_id, key, trace }) => {
      const answer = await service.ask({
        method: 'PATCH',
        path: ['api', 'products', product_id, 'stock'],
        body: { change, order_id },
        idempotencyKey: key,
        trace,
      });
      if (!answer.ok && answer.status === 404) return 'unknown_product';
      if (!answer.ok && REJECTIONS.includes(answer.status)) return 'refused';
      expectOk(service, answer);
      return 'changed';
    },
  };
};
