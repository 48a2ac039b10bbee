/** What was sold, paid, sent and returned, by business day. */
export { daysIn, INTERVALS, plusDays, type Interval, type Period } from './periods.ts';
export { figures, type FigureRow } from './projection.ts';
export { openFigures, type Figures } from './queries.ts';
export { MOST_ROWS, TooManyRows, type Group, type SalesQuery, type SalesRow, type Sums } from './sales.ts';
