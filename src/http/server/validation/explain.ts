import type { ErrorObject } from 'ajv';
import type { FieldError } from '../problem.ts';
import { expectation } from './expectation.ts';
import { at, fromPointer } from './field-path.ts';
import { received } from './received.ts';

const MOST_ERRORS = 100;

type Words = Readonly<Record<string, unknown>>;

const isWords = (value: unknown): value is Words => typeof value === 'object' && value !== null;
const wordsAt = (holder: unknown, key: string): Words => {
  const value = isWords(holder) ? holder[key] : undefined;
  return isWords(value) ? value : {};
};

/** A value that must not be repeated, not even to who sent it: logs and screenshots live long. */
const withReceived = (error: FieldError, value: unknown, schema: Words): FieldError =>
  schema['writeOnly'] === true || value === undefined ? error : { ...error, received: received(value) };

const explainOne = ({ keyword, instancePath, message, params, data, parentSchema }: ErrorObject): FieldError => {
  const field = fromPointer(instancePath);
  const schema: Words = parentSchema ?? {};
  const properties = wordsAt(schema, 'properties');
  switch (keyword) {
    case 'required': {
      const missing = String(params['missingProperty']);
      return { field: at(field, missing), message: `is required: ${expectation(wordsAt(properties, missing))}` };
    }
    case 'additionalProperties': {
      const known = Object.keys(properties).join(', ');
      const message = known === '' ? 'is not known; no fields are accepted here' : `is not known here; known: ${known}`;
      return { field: at(field, String(params['additionalProperty'])), message };
    }
    case 'minProperties':
      return { field: field || 'body', message: `must have at least one of ${Object.keys(properties).join(', ')}` };
    case 'converted':
      return withReceived({ field, message: message ?? 'is invalid' }, params['received'], schema);
    case 'cross':
      return { ...(params as FieldError), field: at(field, String(params['field'])) }; // made by a CrossCheck
    default:
      return withReceived({ field: field || 'body', message: `must be ${expectation(schema)}` }, data, schema);
  }
};

/** One entry a field, in our words, at most a hundred. */
export const explain = (found: readonly FieldError[], errors: readonly ErrorObject[]): readonly FieldError[] => {
  const byField = new Map<string, FieldError>();
  for (const error of found) if (!byField.has(error.field)) byField.set(error.field, error);
  for (const error of errors) {
    if (byField.size >= MOST_ERRORS) break;
    const explained = explainOne(error);
    if (!byField.has(explained.field)) byField.set(explained.field, explained);
  }
  return [...byField.values()];
};
