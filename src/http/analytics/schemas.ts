import { Type } from '@sinclair/typebox';
import { GROUPS, INTERVALS, type Movement } from '../../projections/figures/index.ts';
import { businessDay } from '../server/schemas/business-days.ts';
import { currency, integer, nullable, strictObject } from '../server/schemas/fields.ts';
import { DIFFERENCES } from '../../reports/index.ts';
import { maybe, money, shape, uuid, words, everyWord } from '../server/schemas/response-parts.ts';

const choice = <const W extends readonly string[]>(words: W, description: string) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words], description });

const format = {
  format: Type.Optional(choice(['json', 'csv', 'ndjson'], 'Default `json`; `ndjson` has one row per line.')),
};

export const periodQuery = {
  start_date: Type.Optional(businessDay('First business day. Default: 29 days before `end_date`.')),
  end_date: Type.Optional(businessDay('Last business day, included. Default: today.')),
  as_of: Type.Optional(
    businessDay(
      'Shows the figures as known at the end of this business day, which must be closed. Default: as known now.',
    ),
  ),
  ...format,
};

const ofCurrency = { currency: Type.Optional(currency()) };

export const reportQuery = strictObject(periodQuery);
export const inCurrencyQuery = strictObject({ ...periodQuery, ...ofCurrency });
export const topQuery = strictObject({
  ...periodQuery,
  ...ofCurrency,
  limit: Type.Optional(integer(1, 1_000, { description: 'Number of customers in each currency. Default 10.' })),
});
export const reconciliationQuery = strictObject({
  date: Type.Optional(businessDay('Business day. Default: today.')),
  ...ofCurrency,
  ...format,
});
export const cancellationQuery = strictObject({
  period_days: Type.Optional(integer(1, 3_660, { description: 'Days up to today, today included. Default 30.' })),
  as_of: periodQuery.as_of,
  ...format,
});

export const salesQuery = strictObject({
  ...periodQuery,
  ...ofCurrency,
  interval: Type.Optional(choice(INTERVALS, 'Default `day`. Weeks begin on Monday.')),
  group_by: Type.Optional(choice(GROUPS, 'Default: not grouped.')),
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
  average_total: nullable(Type.Number({ description: 'Order totals when placed / `orders`; null without orders.' })),
  captured: Type.Number({ description: 'Captured money.' }),
  refunded: Type.Number({ description: 'Refunded money.' }),
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

const period = {
  start_date: Type.String({ format: 'date' }),
  end_date: Type.String({ format: 'date' }),
  as_of: nullable(Type.String({ format: 'date' })),
};
const share = (description: string) =>
  nullable(Type.Number({ description: `${description} Null where there is none.` }));
const count = () => Type.Integer();
const ranks = (unit: string) =>
  shape({
    count: count(),
    p50: share(`Half of them took at most this number of ${unit}.`),
    p90: share(`Nine in ten took at most this number of ${unit}.`),
  });

const cancelled = { orders: count(), cancelled: count(), cancellation_rate: share('`cancelled` / `orders`.') };

export const cancellationResponse = shape({ ...period, ...cancelled }, 'CancellationRate');

const times = {
  on_time_rate: share('Share of orders delivered by the estimated time.'),
  time_to_ship: ranks('hours after the order was placed'),
  time_to_deliver: ranks('hours after the order was placed'),
};

export const deliveryResponse = shape(
  { ...period, shipped: count(), delivered: count(), ...times },
  'DeliveryPerformance',
);

const returnRates = {
  return_rate: share('Of the orders of the period: units returned / units sold.'),
  return_rate_by_value: Type.Array(shape({ currency: Type.String(), rate: share('The same by value.') })),
};
const daysToRefund = { days_to_refund: ranks('days from opening a return') };
const worth = { currency: Type.String(), units: count(), value: money() };

export const returnsResponse = shape(
  {
    ...period,
    ...returnRates,
    ...daysToRefund,
    by_reason: Type.Array(shape({ reason: Type.String(), ...worth })),
    by_product: Type.Array(shape({ product_id: Type.String(), ...worth })),
    by_disposition: Type.Array(shape({ disposition: Type.String(), units: count() })),
  },
  'ReturnFigures',
);

const customerCounts = {
  customers: Type.Integer({ description: 'Customers who ordered.' }),
  new_customers: Type.Integer({ description: 'Customers among them who had never ordered before the period.' }),
  returning_customers: Type.Integer({ description: 'Customers among them who had ordered before.' }),
  returning_customer_rate: share('`returning_customers` / `customers`.'),
};

export const customersResponse = shape(
  {
    ...period,
    ...customerCounts,
    cohorts: Type.Array(
      shape({
        month: Type.String({ description: 'Month of the first order, such as 2026-03.' }),
        customers: count(),
        months: Type.Array(count(), {
          description: 'Number of these customers who ordered in this month, the next month, and so on.',
        }),
      }),
    ),
  },
  'CustomerFigures',
);

export const topCustomerResponse = shape(
  { customer_id: Type.String(), currency: Type.String(), ...amounts },
  'TopCustomer',
);

export const paymentFiguresResponse = shape(
  {
    period: Type.String({ format: 'date' }),
    currency: Type.String(),
    method: Type.String({ description: 'Method of the payment or refund.' }),
    captured: money(),
    refunded: money(),
  },
  'PaymentFigures',
);

export const summaryResponse = shape(
  {
    ...period,
    orders_by_status: Type.Record(Type.String(), count(), { description: 'Orders of the period by their status.' }),
    ...cancelled,
    ...customerCounts,
    ...returnRates,
    ...daysToRefund,
    ...times,
    sales: Type.Array(shape({ currency: Type.String(), ...amounts })),
  },
  'AnalyticsSummary',
);

export const reconciliationResponse = shape(
  {
    difference: words(DIFFERENCES),
    kind: everyWord<Movement['kind']>({ charge: true, refund: true }),
    payment_id: uuid(),
    refund_id: nullable(uuid()),
    order_id: uuid(),
    currency: Type.String(),
    ours: share('Amount in Waybill’s events, in major units.'),
    gateway: share('Amount in the gateway’s ledger.'),
  },
  'GatewayDifference',
);
