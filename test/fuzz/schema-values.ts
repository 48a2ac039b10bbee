import fc from 'fast-check';
import { hasUnseen } from '../../src/domain/shared/visible-text.ts';
import { inner, type Schema } from './operations.ts';
import { plantedFor } from './planted.ts';

export type Making = {
  /** Follows references. */
  readonly resolve: (schema: Schema) => Schema;
  /** Names of existing things for fields that want one; undefined: the field wants none. */
  readonly nameFor: (field: string) => fc.Arbitrary<string> | undefined;
};

const numberOf = (schema: Schema, keyword: string, otherwise: number): number =>
  typeof schema[keyword] === 'number' ? schema[keyword] : otherwise;

const listOf = (schema: Schema, keyword: string): readonly unknown[] =>
  Array.isArray(schema[keyword]) ? schema[keyword] : [];

const FIRST_DAY = new Date('2000-01-01T00:00:00Z');
const LAST_DAY = new Date('2120-01-01T00:00:00Z');
const moment = fc.date({ min: FIRST_DAY, max: LAST_DAY, noInvalidDate: true }).map((date) => date.toISOString());

/** Words as people write them, in any script, never what no text may hold. */
const words = (schema: Schema): fc.Arbitrary<string> => {
  const minLength = numberOf(schema, 'minLength', 0);
  const maxLength = Math.max(minLength, Math.min(numberOf(schema, 'maxLength', 60), minLength + 40));
  return fc
    .string({ unit: 'grapheme', minLength, maxLength })
    .map((text) => Array.from(text).slice(0, maxLength).join('').toWellFormed())
    .filter((text) => Array.from(text).length >= minLength && text.trim() !== '');
};

/** What a spreadsheet would compute, some of it only once the line is split at semicolons. */
const FORMULAS = ['=9+9', '+1 210 99', '-2+3', '@SUM(A1)', '＝9+9', 'n;=9+9', '\u0009=9+9'];

const isPlantable = (schema: Schema): boolean => numberOf(schema, 'maxLength', 0) >= 50;

/** A reference such as a customer's id: any text, with neither spaces around it nor invisible characters. */
const SOMETHING = '\\S';

const texts = (schema: Schema, name: string): fc.Arbitrary<unknown> => {
  if (schema['format'] === 'date-time') return moment;
  if (schema['format'] === 'uuid') return fc.uuid();
  if (typeof schema['pattern'] === 'string' && schema['pattern'] !== SOMETHING)
    return fc.stringMatching(new RegExp(schema['pattern']));
  const any = isPlantable(schema)
    ? fc.oneof(words(schema), fc.constant(plantedFor(name)), fc.constantFrom(...FORMULAS))
    : words(schema);
  return schema['pattern'] === SOMETHING ? any.filter((id) => !hasUnseen(id)) : any;
};

const LARGEST = 100_000;

const integers = (schema: Schema): fc.Arbitrary<number> => {
  const min = numberOf(schema, 'minimum', -LARGEST);
  const max = numberOf(schema, 'maximum', LARGEST);
  return fc.oneof(fc.integer({ min, max: Math.min(max, min + 20) }), fc.integer({ min, max }));
};

/** Two decimals, as most currencies have. */
const numbers = (schema: Schema): fc.Arbitrary<number> => {
  const least = numberOf(schema, 'exclusiveMinimum', Number.NaN);
  const min = Number.isNaN(least) ? numberOf(schema, 'minimum', -LARGEST) : least + 0.01;
  const max = Math.min(numberOf(schema, 'maximum', LARGEST), Math.max(min, LARGEST));
  return fc.integer({ min: Math.ceil(min * 100), max: Math.floor(max * 100) }).map((cents) => cents / 100);
};

const anything = fc.jsonValue({ maxDepth: 2 });
const dictionary = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), anything, { maxKeys: 4 });

/** Without an example, random values mostly break the rule. */
const hasBareRule = (schema: Schema): boolean => schema['x-rule'] !== undefined && schema['examples'] === undefined;

const without = (value: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

const objects = (schema: Schema, making: Making): fc.Arbitrary<unknown> => {
  const properties = Object.entries(inner(schema, 'properties'));
  if (properties.length === 0) return schema['additionalProperties'] === false ? fc.constant({}) : dictionary;
  const required = listOf(schema, 'required').map(String);
  const model = Object.fromEntries(properties.map(([name, value]) => [name, valueOf(value as Schema, making, name)]));
  const ruled = properties.flatMap(([name, value]) => (hasBareRule(making.resolve(value as Schema)) ? [name] : []));
  const risky = ruled.filter((name) => !required.includes(name));
  return fc
    .tuple(fc.record(model, { requiredKeys: required, noNullPrototype: true }), fc.nat(3))
    .map(([value, die]) => (die === 0 ? value : without(value, risky)));
};

const arrays = (schema: Schema, making: Making, name: string): fc.Arbitrary<unknown> => {
  const minLength = numberOf(schema, 'minItems', 0);
  const maxLength = Math.min(numberOf(schema, 'maxItems', 3), minLength + 2);
  return fc.array(valueOf(inner(schema, 'items'), making, name), { minLength, maxLength });
};

const ofType = (type: unknown, schema: Schema, making: Making, name: string): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'string':
      return making.nameFor(name) ?? texts(schema, name);
    case 'integer':
      return integers(schema);
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrays(schema, making, name);
    case 'object':
      return objects(schema, making);
    default:
      return anything;
  }
};

/** Values that a schema of the document accepts. `name` is the field's, which may tell what it names. */
export const valueOf = (given: Schema, making: Making, name = ''): fc.Arbitrary<unknown> => {
  const schema = making.resolve(given);
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const options = [...listOf(schema, 'anyOf'), ...listOf(schema, 'oneOf')];
  if (options.length > 0) return fc.oneof(...options.map((option) => valueOf(option as Schema, making, name)));
  const types = ([] as unknown[]).concat(schema['type'] ?? []);
  const made = types.length === 0 ? [anything] : types.map((type) => ofType(type, schema, making, name));
  const examples = listOf(schema, 'examples');
  if (examples.length === 0) return fc.oneof(...made);
  // A rule beyond the schema is something that only an example surely keeps.
  const weight = schema['x-rule'] === undefined ? made.length : made.length * 20;
  return fc.oneof(
    { weight, arbitrary: fc.constantFrom(...examples) },
    ...made.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
};
