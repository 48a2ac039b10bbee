export * from './credits.ts';
export * from './ledger.ts';
export * from './reconciliation.ts';
export * from './sales.ts';
