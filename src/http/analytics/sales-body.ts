import { toDecimal } from '../../domain/shared/amount-notation.ts';
import { divideHalfUp } from '../../domain/shared/money.ts';
import type { Group, SalesRow, Sums } from '../../projections/figures/index.ts';
import type { ReportRow } from './report.ts';

const GROUP_FIELDS: Readonly<Record<Group, string>> = {
  product: 'product_id',
  customer: 'customer_id',
  country: 'country',
};

export const SUM_FIELDS = [
  'gross_sales',
  'discounts',
  'returns',
  'net_sales',
  'shipping',
  'taxes',
  'total_sales',
  'orders',
  'units',
  'average_order_value',
  'average_total',
  'captured',
  'refunded',
] as const;

export const salesColumns = (group: Group | undefined): readonly string[] => [
  'period',
  'currency',
  ...(group === undefined ? [] : [GROUP_FIELDS[group]]),
  ...SUM_FIELDS,
];

const majorIn =
  (currency: string) =>
  (amount: bigint): number =>
    Number(toDecimal(amount, currency));

/** Null without orders; rounded half-up, away from 0. */
const average = (amount: bigint, orders: bigint): bigint | null => {
  if (orders <= 0n) return null;
  return amount < 0n ? -divideHalfUp(-amount, orders) : divideHalfUp(amount, orders);
};

/** The sums of a report, with those that follow from them. */
export const sumsBody = (
  sums: Sums,
  currency: string,
): Readonly<Record<(typeof SUM_FIELDS)[number], number | null>> => {
  const major = majorIn(currency);
  const { gross_sales, discounts, returns, shipping, taxes, orders, totals } = sums;
  const net = gross_sales + discounts + returns;
  const [value, total] = [average(gross_sales + discounts, orders), average(totals, orders)];
  return {
    gross_sales: major(gross_sales),
    discounts: major(discounts),
    returns: major(returns),
    net_sales: major(net),
    shipping: major(shipping),
    taxes: major(taxes),
    total_sales: major(net + shipping + taxes),
    orders: Number(orders),
    units: Number(sums.units),
    average_order_value: value === null ? null : major(value),
    average_total: total === null ? null : major(total),
    captured: major(sums.captured),
    refunded: major(sums.refunded),
  };
};

export const salesBody =
  (group: Group | undefined) =>
  ({ period, currency, key, sums }: SalesRow): ReportRow => ({
    period,
    currency,
    ...(group !== undefined && { [GROUP_FIELDS[group]]: key === '' ? null : key }),
    ...sumsBody(sums, currency),
  });
