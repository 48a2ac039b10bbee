/** What is given a readable number, `ORD-2026-000123`: each kind has a series a year. */
export type NumberKind = 'order' | 'return' | 'payment';
