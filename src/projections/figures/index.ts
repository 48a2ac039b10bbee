/** Sales, payments, shipments and returns by business day. */
export { daysIn, INTERVALS, plusDays, type Interval, type Period } from './periods.ts';
export { figures, type FigureRow } from './projection.ts';
export { customerFigures } from './customer-figures.ts';
export type { CustomerCounts, CustomersReport } from './customers.ts';
export { readMovements, type Movement } from './movements.ts';
export { openFigures, type Durations, type Figures, type KeyedSums, type MovedMoney } from './queries.ts';
export {
  GROUPS,
  MOST_ROWS,
  NO_SUMS,
  TooManyRows,
  type Group,
  type SalesQuery,
  type SalesRow,
  type Sums,
} from './sales.ts';
