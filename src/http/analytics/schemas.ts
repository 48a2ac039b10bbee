import { Type } from '@sinclair/typebox';
import { INTERVALS } from '../../projections/figures/index.ts';
import { currency, nullable, strictObject } from '../server/schemas/fields.ts';
import { maybe, money, shape } from '../server/schemas/response-parts.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const isDate = (value: unknown): boolean => {
  if (typeof value !== 'string' || !DATE.test(value) || value < '1970-01-01') return false;
  const ms = Date.parse(value);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(value);
};

const date = (description: string) =>
  Type.Unsafe<string>({
    type: 'string',
    refine: { accepts: isDate },
    expected: 'a date that exists, such as 2026-03-01, in the years 1970 to 9999',
    description,
    example: '2026-03-01',
  });

const choice = <const W extends readonly string[]>(words: W, description: string) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words], description });

const format = { format: Type.Optional(choice(['json', 'csv'], 'Default `json`.')) };

export const periodQuery = {
  start_date: Type.Optional(date('First business day. Default: 29 days before `end_date`.')),
  end_date: Type.Optional(date('Last business day, included. Default: today.')),
  as_of: Type.Optional(
    date('As it was known at the close of this business day, which must be over. Default: as known now.'),
  ),
  ...format,
};

const ofCurrency = { currency: Type.Optional(currency()) };

export const salesQuery = strictObject({
  ...periodQuery,
  ...ofCurrency,
  interval: Type.Optional(choice(INTERVALS, 'Default `day`. Weeks begin on Monday.')),
  group_by: Type.Optional(choice(['product', 'customer', 'country'], 'Default: not grouped.')),
});

const amounts = {
  gross_sales: money(),
  discounts: Type.Number({ description: 'Major units, 0 or less.' }),
  returns: Type.Number({ description: 'Major units; below 0 where goods were credited.' }),
  net_sales: Type.Number({ description: '`gross_sales` + `discounts` + `returns`.' }),
  shipping: money(),
  taxes: money(),
  total_sales: Type.Number({ description: '`net_sales` + `shipping` + `taxes`.' }),
  orders: Type.Integer({ description: 'Placed orders.' }),
  units: Type.Integer({ description: 'Ordered units.' }),
  average_order_value: nullable(
    Type.Number({ description: '(`gross_sales` + `discounts`) / `orders`; null without orders.' }),
  ),
  average_total: nullable(
    Type.Number({ description: 'What orders came to when placed / `orders`; null without orders.' }),
  ),
  captured: Type.Number({ description: 'Money that came in.' }),
  refunded: Type.Number({ description: 'Money that went back.' }),
};

export const salesResponse = shape(
  {
    period: Type.String({ format: 'date', description: 'First day of the day, week or month.' }),
    currency: Type.String(),
    product_id: Type.Optional(maybe.text()),
    customer_id: Type.Optional(Type.String()),
    country: Type.Optional(Type.String({ description: 'ISO 3166 code, or `unknown`.' })),
    ...amounts,
  },
  'SalesRow',
);
