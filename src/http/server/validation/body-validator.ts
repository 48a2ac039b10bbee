import type { TObject, TSchema } from '@sinclair/typebox';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FieldError } from '../problem.ts';
import { explain } from './explain.ts';
import { addKeywords, type BodyContext } from './keywords.ts';
import { scan } from './scan.ts';

export type BodyValidator = (body: unknown, context: BodyContext) => readonly FieldError[];

/** One for the whole route table. */
export const createAjv = (): Ajv =>
  addKeywords(new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true, passContext: true }));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Arrays of a body's first level that have an upper limit. */
const limits = (schema: TObject): readonly (readonly [string, number])[] =>
  Object.entries(schema.properties).flatMap(([name, property]: [string, TSchema]) =>
    typeof property['maxItems'] === 'number' ? [[name, property['maxItems']] as const] : [],
  );

/** Runs a compiled schema over the entries that an array may have, so that a huge one costs one error and no more. */
const runWithin = (
  validate: ValidateFunction,
  body: Record<string, unknown>,
  lengths: readonly (readonly [string, number])[],
  context: BodyContext,
): readonly ErrorObject[] => {
  const errors: ErrorObject[] = [];
  for (const [name, most] of lengths) {
    const value = body[name];
    if (!Array.isArray(value) || value.length <= most) continue;
    body[name] = value.slice(0, most);
    const message = `must have at most ${most} entries`;
    const params = { field: name, message, received: `an array of ${value.length} entries` };
    errors.push({ keyword: 'cross', instancePath: '', schemaPath: '', params });
  }
  return validate.call(context, body) ? errors : [...errors, ...(validate.errors ?? [])];
};

/** Compiles a body's schema. The validator converts the body in place and answers everything wrong with it at once. */
export const compileBody = (ajv: Ajv, schema: TObject): BodyValidator => {
  const validate = ajv.compile(schema);
  const lengths = limits(schema);
  return (body, context) => {
    if (!isRecord(body)) return [{ field: 'body', message: 'must be a JSON object' }];
    const { errors, isComplete } = scan(body);
    return explain(errors, isComplete ? runWithin(validate, body, lengths, context) : []);
  };
};
