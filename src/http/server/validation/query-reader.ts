import type { TObject, TSchema } from '@sinclair/typebox';
import type { Ajv } from 'ajv';
import type { FieldError } from '../problem.ts';
import { explain } from './explain.ts';
import { received } from './received.ts';
import { scan } from './scan.ts';

export type QueryReading = {
  readonly query: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];
};
export type QueryReader = (search: string) => QueryReading;

const NUMBER = /^-?\d+(\.\d+)?$/;

/** A parameter is text; what its schema wants to be a number or a truth value becomes one where it can. */
const convert = (text: string, schema: TSchema): unknown => {
  const type: unknown = schema['type'];
  if ((type === 'integer' || type === 'number') && NUMBER.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

/** Compiles the query of a route. Unknown parameters are rejected; the answer names the known ones. */
export const compileQuery = (ajv: Ajv, schema: TObject): QueryReader => {
  const validate = ajv.compile(schema);
  const properties = new Map<string, TSchema>(Object.entries(schema.properties));
  const known = [...properties.keys()].join(', ');
  const aliasOf = (name: string): string => {
    const alias: unknown = properties.get(name)?.['alias'];
    return typeof alias === 'string' ? alias : name;
  };

  const readOne = (name: string, text: string, query: Record<string, unknown>): FieldError | undefined => {
    const property = properties.get(name);
    if (property === undefined) {
      const message = known === '' ? 'is not known; no fields are accepted here' : `is not known here; known: ${known}`;
      return { field: name.toWellFormed(), message };
    }
    const target = aliasOf(name);
    const given = query[target];
    if (property['type'] === 'array') {
      const entries = text.split(',').map((entry) => convert(entry, property['items'] as TSchema)); // its items' schema
      query[target] = Array.isArray(given) ? [...(given as unknown[]), ...entries] : entries;
      return undefined;
    }
    if (given !== undefined) return { field: name, message: 'was sent twice; send it once', received: received(text) };
    query[target] = convert(text, property);
    return undefined;
  };

  return (search) => {
    const query: Record<string, unknown> = {};
    const errors: FieldError[] = [];
    if (search !== '') {
      for (const [name, text] of new URLSearchParams(search)) {
        const error = readOne(name, text, query);
        if (error !== undefined) errors.push(error);
      }
    }
    errors.push(...scan(query).errors);
    return { query, errors: explain(errors, validate.call({ currency: 'USD' }, query) ? [] : (validate.errors ?? [])) };
  };
};
