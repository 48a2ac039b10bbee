import type { JsonValue } from '../../../event-store/port.ts';

const LONGEST = 60;

/** The received value, short enough to be repeated in an answer. */
export const received = (value: unknown): JsonValue => {
  if (Array.isArray(value)) return `an array of ${value.length} entries`;
  if (typeof value === 'string') {
    return value.length > LONGEST ? `${value.slice(0, LONGEST).toWellFormed()}…` : value.toWellFormed();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null) return value;
  return 'an object';
};
