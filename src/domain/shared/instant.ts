import type { Instant } from './decider.ts';

const MINUTE = 60_000;

export const plusMinutes = (at: Instant, minutes: number): Instant =>
  new Date(Date.parse(at) + minutes * MINUTE).toISOString();

export const plusDays = (at: Instant, days: number): Instant => plusMinutes(at, days * 24 * 60);

export const isAfter = (a: Instant, b: Instant): boolean => Date.parse(a) > Date.parse(b);
