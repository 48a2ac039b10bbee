import type { OpenContainer } from '../container.ts';
import { readLedgerOfDay } from '../../gateways/payment/index.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { openFigures, readMovements } from '../../projections/figures/index.ts';
import { findMovedBy } from '../../projections/payments/index.ts';
import type { Numbering } from '../../audit/index.ts';
import { closedDaysOf } from './closed-days.ts';
import type { ReportDeps } from '../../reports/index.ts';

export type ReportOptions = Pick<OpenContainer, 'db' | 'store' | 'codec'> & {
  /** How the store numbers its events. Default: positions. */
  readonly numbering?: Numbering | undefined;
  readonly defaultCurrency: string;
  readonly timeZone: string;
  readonly paymentGateway: 'sandbox' | 'http' | undefined;
};

/** What reports are read from. Only the sandbox has a ledger that can be read. */
export const reportDeps = ({ db, store, codec, ...options }: ReportOptions): ReportDeps => {
  const { defaultCurrency, timeZone, paymentGateway, numbering } = options;
  const { find, hasReached } = closedDaysOf({ db, store, numbering, timeZone });
  return {
    figures: openFigures(db),
    defaultCurrency,
    dayOf: businessDayIn(timeZone),
    closing: async (day) => {
      const close = await find(day);
      if (close === undefined) return 'open';
      return (await hasReached('figures', close.position)) ? 'known' : 'behind';
    },
    movements: (day) => readMovements({ db, store, codec }, day),
    findMovedBy: (ids) => findMovedBy(db, ids),
    readGateway:
      paymentGateway === 'http' ? undefined : (day, payment_ids) => readLedgerOfDay(db, { day, timeZone, payment_ids }),
  };
};
