import { toDecimal, toMajor } from '../domain/shared/amount-notation.ts';
import { divideHalfUp } from '../domain/shared/money.ts';
import {
  NO_SUMS,
  type Group,
  type KeyedSums,
  type MovedMoney,
  type SalesRow,
  type Sums,
} from '../projections/figures/index.ts';
import type { ReportRow } from './report-row.ts';

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

export const major = (amount: bigint, currency: string): number => {
  const inNumber = Number(amount);
  return Number.isSafeInteger(inNumber) ? toMajor(inNumber, currency) : Number(toDecimal(amount, currency));
};

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
  const inMajor = (amount: bigint): number => major(amount, currency);
  const { gross_sales, discounts, returns, shipping, taxes, orders, totals } = sums;
  const net = gross_sales + discounts + returns;
  const [value, total] = [average(gross_sales + discounts, orders), average(totals, orders)];
  return {
    gross_sales: inMajor(gross_sales),
    discounts: inMajor(discounts),
    returns: inMajor(returns),
    net_sales: inMajor(net),
    shipping: inMajor(shipping),
    taxes: inMajor(taxes),
    total_sales: inMajor(net + shipping + taxes),
    orders: Number(orders),
    units: Number(sums.units),
    average_order_value: value === null ? null : inMajor(value),
    average_total: total === null ? null : inMajor(total),
    captured: inMajor(sums.captured),
    refunded: inMajor(sums.refunded),
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

/** A currency in which there was nothing. */
export const nothingIn = (currency: string): KeyedSums => ({ key: '', currency, sums: NO_SUMS });

export const TOP_COLUMNS = ['customer_id', 'currency', ...SUM_FIELDS] as const;

export const keyedBody =
  (name: string) =>
  ({ key, currency, sums }: KeyedSums): ReportRow => ({ [name]: key, currency, ...sumsBody(sums, currency) });

export const PAYMENT_COLUMNS = ['period', 'currency', 'method', 'captured', 'refunded'] as const;

export const paymentBody = ({ day, method, currency, captured, refunded }: MovedMoney): ReportRow => ({
  period: day,
  currency,
  method,
  captured: major(captured, currency),
  refunded: major(refunded, currency),
});
