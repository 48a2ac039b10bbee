export * from './audit.ts';
export * from './books.ts';
export * from './events.ts';
