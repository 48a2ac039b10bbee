import type { CustomerCounts, Durations, Figures, KeyedSums, Period } from '../projections/figures/index.ts';
import { major, nothingIn, sumsBody } from './rows.ts';

type InCurrency = Period & { readonly currency?: string | undefined };

const PLACES = 10_000;

/** Null where there is nothing to divide by; four places. */
export const rate = (part: number, whole: number): number | null =>
  whole <= 0 ? null : Math.round((part / whole) * PLACES) / PLACES;

const ordersIn = (rows: readonly KeyedSums[]): number => rows.reduce((sum, { sums }) => sum + Number(sums.orders), 0);
const unitsIn = (rows: readonly KeyedSums[]): number => rows.reduce((sum, { sums }) => sum + Number(sums.units), 0);

/** What a period begins every report with. */
const head = ({ from, to, as_of }: Period) => ({ start_date: from, end_date: to, as_of: as_of ?? null });

const placedAndCancelled = async (figures: Figures, period: Period) => {
  const [placed, cancelled] = await Promise.all([figures.sums('all', period), figures.sums('cancelled', period)]);
  return { orders: ordersIn(placed), cancelled: ordersIn(cancelled) };
};

export const cancellations = async (figures: Figures, period: Period) => {
  const { orders, cancelled } = await placedAndCancelled(figures, period);
  return { ...head(period), orders, cancelled, cancellation_rate: rate(cancelled, orders) };
};

const onTime = async (figures: Figures, period: Period): Promise<number | null> => {
  const rows = await figures.sums('on_time', period);
  return rate(ordersIn(rows.filter(({ key }) => key === 'true')), ordersIn(rows));
};

export const delivery = async (figures: Figures, period: Period) => {
  const [time_to_ship, time_to_deliver, on_time_rate] = await Promise.all([
    figures.durations('time_to_ship', period),
    figures.durations('time_to_deliver', period),
    onTime(figures, period),
  ]);
  return {
    ...head(period),
    shipped: time_to_ship.count,
    delivered: time_to_deliver.count,
    on_time_rate,
    time_to_ship,
    time_to_deliver,
  };
};

const HOURS_A_DAY = 24;
const inDays = (hours: number | null): number | null =>
  hours === null ? null : Math.round((hours / HOURS_A_DAY) * 100) / 100;

const daysToRefund = ({ count, p50, p90 }: Durations) => ({ count, p50: inDays(p50), p90: inDays(p90) });

/** Of the orders of the period, whenever they came back. */
const returnRate = async (figures: Figures, query: InCurrency) => {
  const [sold, returned] = await Promise.all([figures.sums('sold', query), figures.sums('returned', query)]);
  return {
    return_rate: rate(unitsIn(returned), unitsIn(sold)),
    return_rate_by_value: sold.map(({ currency, sums }) => {
      const back = returned.find((one) => one.currency === currency)?.sums.totals ?? 0n;
      return { currency, rate: rate(Number(back), Number(sums.totals)) };
    }),
  };
};

const worthBody =
  (name: string) =>
  ({ key, currency, sums }: KeyedSums) => ({
    [name]: key,
    currency,
    units: Number(sums.units),
    value: major(sums.totals, currency),
  });

const isReturned = ({ sums }: KeyedSums): boolean => sums.units !== 0n;

export const returns = async (figures: Figures, query: InCurrency) => {
  const [byReason, byProduct, byDisposition, refunds, rates] = await Promise.all([
    figures.sums('return_reason', query),
    figures.sums('return_product', query),
    figures.sums('disposition', query),
    figures.durations('time_to_refund', query),
    returnRate(figures, query),
  ]);
  return {
    ...head(query),
    ...rates,
    days_to_refund: daysToRefund(refunds),
    by_reason: byReason.filter(isReturned).map(worthBody('reason')),
    by_product: byProduct.filter(isReturned).map(worthBody('product_id')),
    by_disposition: dispositions(byDisposition),
  };
};

/** Units have no currency: they are added up over all. */
const dispositions = (rows: readonly KeyedSums[]) =>
  [...new Set(rows.map(({ key }) => key))]
    .map((disposition) => ({ disposition, units: unitsIn(rows.filter(({ key }) => key === disposition)) }))
    .filter(({ units }) => units > 0);

const withRate = (counts: CustomerCounts) => ({
  ...counts,
  returning_customer_rate: rate(counts.returning_customers, counts.customers),
});

export const customers = async (figures: Figures, period: Period) => {
  const { cohorts, ...counts } = await figures.customers(period);
  return { ...head(period), ...withRate(counts), cohorts };
};

/** Counts are over all currencies, money is in each. */
export const summary = async (figures: Figures, query: InCurrency, defaultCurrency: string) => {
  const { from, to, as_of, currency } = query;
  const period = { from, to, as_of };
  const [sums, statuses, cancelled, counts, deliveries, refunds, rates] = await Promise.all([
    figures.sums('all', query),
    figures.sums('status', period),
    placedAndCancelled(figures, period),
    figures.customerCounts(period),
    delivery(figures, period),
    figures.durations('time_to_refund', period),
    returnRate(figures, query),
  ]);
  const rows = sums.length > 0 ? sums : [nothingIn(currency ?? defaultCurrency)];
  const { on_time_rate, time_to_ship, time_to_deliver } = deliveries;
  return {
    ...head(period),
    orders_by_status: ordersByStatus(statuses),
    ...cancelled,
    cancellation_rate: rate(cancelled.cancelled, cancelled.orders),
    ...withRate(counts),
    ...rates,
    days_to_refund: daysToRefund(refunds),
    on_time_rate,
    time_to_ship,
    time_to_deliver,
    sales: rows.map((row) => ({ currency: row.currency, ...sumsBody(row.sums, row.currency) })),
  };
};

const ordersByStatus = (rows: readonly KeyedSums[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const { key, sums } of rows) counts.set(key, (counts.get(key) ?? 0) + Number(sums.orders));
  return Object.fromEntries([...counts].filter(([, count]) => count !== 0));
};
