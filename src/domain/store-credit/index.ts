export * from './events.ts';
export * from './store-credit.ts';
