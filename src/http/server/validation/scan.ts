import type { FieldError } from '../problem.ts';
import { at } from './field-path.ts';

const DEEPEST = 32;
const MOST_ERRORS = 100;

const textProblem = (text: string): string | undefined => {
  if (text.includes('\0')) return 'must not contain a NUL character (\\u0000)';
  return text.isWellFormed() ? undefined : 'must not contain an unpaired surrogate; send well-formed Unicode';
};

/** Names that turn into something else when an object is copied carelessly. */
const isDangerous = (key: string, value: unknown): boolean =>
  key === '__proto__' || (key === 'constructor' && isRecord(value) && Object.hasOwn(value, 'prototype'));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const scanObject = (value: Readonly<Record<string, unknown>>, path: string, depth: number, found: FieldError[]) => {
  for (const key of Object.keys(value)) {
    const inner = value[key];
    const field = at(path, key);
    if (isDangerous(key, inner)) {
      found.push({ field, message: 'is not an allowed property' });
      continue;
    }
    const message = textProblem(key);
    if (message !== undefined) found.push({ field: field.replaceAll('\0', '\\u0000').toWellFormed(), message });
    scanValue(inner, field, depth + 1, found);
  }
};

const scanValue = (value: unknown, path: string, depth: number, found: FieldError[]): void => {
  if (found.length >= MOST_ERRORS) return;
  if (typeof value === 'string') {
    const message = textProblem(value);
    if (message !== undefined) found.push({ field: path, message });
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value))
      found.push({ field: path, message: 'must be a finite number', received: String(value) });
  } else if (isRecord(value)) {
    if (depth > DEEPEST) found.push({ field: path, message: TOO_DEEP });
    else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) scanValue(value[index], `${path}[${index}]`, depth + 1, found);
    } else scanObject(value, path, depth, found);
  }
};

const TOO_DEEP = `must not be nested deeper than ${DEEPEST} levels`;

export type Scanned = {
  readonly errors: readonly FieldError[];
  /** Whether all of the body was looked at. What was not may be nested so deep that no recursive function can read it. */
  readonly isComplete: boolean;
};

/**
 * What no field of any body may hold, wherever it sits: characters that PostgreSQL or UTF-8 cannot carry, numbers that
 * JSON cannot write back, keys that reach for prototypes, bottomless nesting.
 */
export const scan = (body: unknown): Scanned => {
  const errors: FieldError[] = [];
  scanValue(body, '', 0, errors);
  return { errors, isComplete: errors.length < MOST_ERRORS && errors.every(({ message }) => message !== TOO_DEEP) };
};
