import type { TSchema } from '@sinclair/typebox';

type Words = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown): value is number => typeof value === 'number';

const range = ({ minimum, maximum }: Words): string => {
  if (isNumber(minimum) && isNumber(maximum)) return ` from ${minimum} to ${maximum}`;
  if (isNumber(minimum)) return ` of ${minimum} or more`;
  return isNumber(maximum) ? ` of at most ${maximum}` : '';
};

const size = (least: unknown, most: unknown, unit: string): string => {
  if (isNumber(least) && least > 0 && isNumber(most)) return ` of ${least} to ${most} ${unit}`;
  if (isNumber(most)) return ` of at most ${most} ${unit}`;
  return isNumber(least) && least > 0 ? ` of at least ${least} ${unit}` : '';
};

const byType: Readonly<Record<string, (schema: Words) => string>> = {
  string: (schema) => `a string${size(schema['minLength'], schema['maxLength'], 'characters')}`,
  integer: (schema) => `an integer${range(schema)}`,
  number: (schema) => `a number${range(schema)}`,
  boolean: () => 'true or false',
  array: (schema) => `an array${size(schema['minItems'], schema['maxItems'], 'entries')}`,
  object: () => 'an object',
  null: () => 'null',
};

const choices = (schema: Words): readonly unknown[] | undefined => {
  if (Array.isArray(schema['enum'])) return schema['enum'] as readonly unknown[];
  const options: unknown = schema['anyOf'];
  if (!Array.isArray(options)) return undefined;
  const constants = options.map((option: Words) => option['const']);
  return constants.every((constant) => constant !== undefined) ? constants : undefined;
};

/** What a schema accepts, in words: `an integer from 1 to 1000000`. */
export const expectation = (schema: TSchema | Words): string => {
  const words: Words = schema;
  if (typeof words['expected'] === 'string') return words['expected'];
  if (words['amount'] !== undefined) return 'an amount: a number or a decimal string such as "79.90"';
  if (words['reference'] !== undefined) return 'an id: a string or an integer';
  if (words['instant'] !== undefined) return 'a date and time with its zone, such as 2026-03-01T12:00:00Z';
  const known = choices(words);
  if (known !== undefined) return `one of ${known.map(String).join(', ')}`;
  const types = ([] as unknown[]).concat(words['type'] ?? []).map(String);
  return types.length === 0 ? 'valid' : types.map((type) => byType[type]?.(words) ?? type).join(' or ');
};
