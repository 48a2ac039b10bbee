import type { AnySchemaObject, Ajv, SchemaValidateFunction } from 'ajv';
import { hasUnseen, isVisible } from '../../../domain/shared/visible-text.ts';
import type { FieldError } from '../problem.ts';
import { readAmount, type AmountRule } from './amount.ts';

/** Given to the validation of a body: what it cannot know from the body itself. */
export type BodyContext = {
  /** Currency of amounts where the body names none. */
  readonly currency: string;
};

/** A rule over one value: `expected` of the same schema says what it accepts. */
export type Refinement = { readonly accepts: (value: never) => boolean };
/** A rule over the fields of an object, already converted; a field that is itself wrong holds `NaN`. */
export type CrossCheck = {
  /** What it demands, for the documentation. */
  readonly rule: string;
  readonly check: (value: never, context: BodyContext) => readonly FieldError[];
};

type Verdict = { readonly value: unknown } | { readonly message: string };

const currencyOf = (root: unknown, context: BodyContext): string =>
  typeof root === 'object' && root !== null && 'currency' in root && typeof root.currency === 'string'
    ? root.currency
    : context.currency;

const toReference = (value: unknown): Verdict => {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '' || text.length > 255)
    return { message: 'must be an id: a string of 1 to 255 characters, or an integer' };
  return hasUnseen(text)
    ? { message: 'must be an id without spaces around it and without invisible characters' }
    : { value: text };
};

const INSTANT = /^(\d{4}-\d{2}-(\d{2}))T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant in UTC. Undefined: no date and time, a day that does not exist, or not in the years 1970 to 9999: others are
 * written by mistake.
 */
export const toInstant = (value: unknown): string | undefined => {
  const [text, date, day] = (typeof value === 'string' && INSTANT.exec(value)) || [];
  if (text === undefined) return undefined;
  const at = new Date(text);
  const year = at.getUTCFullYear();
  // A month is given 31 days when it is read: 30 February would be 2 March.
  const dayExists = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);
  return dayExists && year >= 1970 && year <= 9999 ? at.toISOString() : undefined;
};

const takesNull = (schema: AnySchemaObject | undefined): boolean =>
  ([] as unknown[]).concat(schema?.['type'] ?? []).includes('null');

/** Converts a value in its place, or says what was expected instead. Ajv hands the context over as `this`. */
const converting = (
  convert: (
    value: unknown,
    given: { readonly rule: unknown; readonly root: unknown; readonly context: BodyContext },
  ) => Verdict,
): SchemaValidateFunction => {
  const keyword: SchemaValidateFunction = function (this: BodyContext, rule: unknown, data: unknown, schema, at) {
    if (at === undefined || (data === null && takesNull(schema))) return true;
    const verdict = convert(data, { rule, root: at.rootData, context: this });
    const holder: Record<string | number, unknown> = at.parentData;
    if ('value' in verdict) {
      holder[at.parentDataProperty] = verdict.value;
      return true;
    }
    holder[at.parentDataProperty] = Number.NaN;
    keyword.errors = [{ keyword: 'converted', message: verdict.message, params: { received: data } }];
    return false;
  };
  return keyword;
};

const crossChecking: SchemaValidateFunction = function (this: BodyContext, rule: CrossCheck, data: unknown) {
  // A schema's check knows its own type.
  const errors = rule.check(data as never, this);
  crossChecking.errors = errors.map((params) => ({ keyword: 'cross', message: params.message, params }));
  return errors.length === 0;
};

const refining: SchemaValidateFunction = ({ accepts }: Refinement, data: unknown) => accepts(data as never);

const amount = converting((value, { rule, root, context }) => {
  const read = readAmount(value, rule as AmountRule, currencyOf(root, context));
  return typeof read === 'number' ? { value: read } : { message: read };
});

const instant = converting((value) => {
  const at = toInstant(value);
  return at === undefined
    ? { message: 'must be a date and time with its zone, such as 2026-03-01T12:00:00Z' }
    : { value: at };
});

/** Forms send an empty text for a field that was not filled in. */
const emptyAsNull: SchemaValidateFunction = (_rule: unknown, data: unknown, _schema, at) => {
  if (at !== undefined && typeof data === 'string' && !isVisible(data)) {
    const holder: Record<string | number, unknown> = at.parentData;
    holder[at.parentDataProperty] = null;
  }
  return true;
};

/** What schemas of this project may say beyond JSON Schema. */
export const addKeywords = (ajv: Ajv): Ajv => {
  ajv.addKeyword({ keyword: 'amount', modifying: true, errors: true, validate: amount });
  ajv.addKeyword({ keyword: 'reference', modifying: true, errors: true, validate: converting(toReference) });
  ajv.addKeyword({ keyword: 'instant', modifying: true, errors: true, validate: instant });
  ajv.addKeyword({ keyword: 'emptyAsNull', modifying: true, errors: false, validate: emptyAsNull });
  ajv.addKeyword({ keyword: 'refine', errors: false, validate: refining });
  ajv.addKeyword({ keyword: 'cross', type: 'object', errors: true, validate: crossChecking });
  for (const annotation of ['expected', 'component', 'example', 'alias', 'rule']) ajv.addKeyword(annotation);
  return ajv;
};
