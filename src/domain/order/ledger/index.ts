export * from './credits.ts';
export { cutDeductions } from './cut-deductions.ts';
export {
  EXPLAINED_OF_ITEM,
  EXPLAINED_SUMS,
  explainOrder,
  isMoneyAlike,
  termsOfCredit,
  termsOfInvoice,
  termsOfOwed,
} from './explain.ts';
export * from './invoicing.ts';
export * from './ledger.ts';
export * from './reconciliation.ts';
export { majorTotals } from './major-totals.ts';
export * from './sales.ts';
export * from './unit-values.ts';
export * from './moved.ts';
