import type { OpenContainer } from '../container.ts';
import { readLedgerOfDay } from '../../gateways/payment/index.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { openFigures, readMovements } from '../../projections/figures/index.ts';
import { findMovedBy } from '../../projections/payments/index.ts';
import type { ReportDeps } from '../../reports/index.ts';

export type ReportOptions = Pick<OpenContainer, 'db' | 'store' | 'codec'> & {
  readonly defaultCurrency: string;
  readonly timeZone: string;
  readonly paymentGateway: 'sandbox' | 'http' | undefined;
};

/** What reports are read from. Only the sandbox has a ledger that can be read. */
export const reportDeps = ({ db, store, codec, ...options }: ReportOptions): ReportDeps => {
  const { defaultCurrency, timeZone, paymentGateway } = options;
  return {
    figures: openFigures(db),
    defaultCurrency,
    dayOf: businessDayIn(timeZone),
    movements: (day) => readMovements({ db, store, codec }, day),
    findMovedBy: (ids) => findMovedBy(db, ids),
    readGateway:
      paymentGateway === 'http' ? undefined : (day, payment_ids) => readLedgerOfDay(db, { day, timeZone, payment_ids }),
  };
};
