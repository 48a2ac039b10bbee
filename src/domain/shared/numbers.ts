/** The kinds of readable numbers, such as `ORD-2026-000123`: each kind has one series per year. */
export type NumberKind = 'order' | 'return' | 'payment';
