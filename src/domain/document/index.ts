export * from './document.ts';
export * from './events.ts';
export * from './series.ts';
