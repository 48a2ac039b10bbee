import type { OpenApiDocument } from '../../src/http/server/documentation/openapi.ts';

/** A JSON Schema, as the document has it. */
export type Schema = Readonly<Record<string, unknown>>;

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
  /** Where the schema stands in the document. */
  readonly place: readonly string[];
};

export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly template: string;
  readonly parameters: readonly Parameter[];
  readonly body:
    | {
        readonly required: boolean;
        readonly schema: Schema;
        readonly example: unknown;
        readonly place: readonly string[];
      }
    | undefined;
  /** Who may call it, how far or with which scope; undefined: everybody. */
  readonly permission: Readonly<Record<string, string>> | undefined;
  /** Statuses with a description of their own, which no problem is. */
  readonly answers: readonly string[];
};

type Documented = {
  readonly operationId: string;
  readonly parameters: readonly (Omit<Parameter, 'place' | 'required'> & { readonly required?: boolean })[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
  readonly 'x-permission'?: Readonly<Record<string, string>>;
};

const JSON_TYPE = 'application/json';

const operationOf = (template: string, method: string, documented: Documented): Operation => {
  const at = ['paths', template, method];
  const { operationId, parameters, requestBody, responses } = documented;
  const media = requestBody?.content[JSON_TYPE];
  return {
    id: operationId,
    method: method.toUpperCase(),
    template,
    parameters: parameters.map((parameter, n) => ({
      ...parameter,
      required: parameter.required === true,
      place: [...at, 'parameters', String(n), 'schema'],
    })),
    body: requestBody &&
      media && {
        required: requestBody.required,
        schema: media.schema,
        example: media.example,
        place: [...at, 'requestBody', 'content', JSON_TYPE, 'schema'],
      },
    permission: documented['x-permission'],
    answers: Object.entries(responses).flatMap(([status, { $ref }]) => ($ref === undefined ? [status] : [])),
  };
};

/** Every operation that a served document describes. */
export const operationsOf = ({ paths }: OpenApiDocument): readonly Operation[] =>
  Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, documented]) => operationOf(template, method, documented as Documented)),
  );

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows a reference inside the document. */
export const resolve = (document: OpenApiDocument, schema: Schema): Schema => {
  if (typeof schema['$ref'] !== 'string') return schema;
  const found = schema['$ref']
    .split('/')
    .slice(1)
    .reduce<unknown>((value, step) => (isSchema(value) ? value[step] : undefined), document);
  if (!isSchema(found)) throw new Error(`${schema['$ref']} is not in the document`);
  return resolve(document, found);
};

/** A schema's sub-schema under a keyword, e.g. `items`. */
export const inner = (schema: Schema, keyword: string): Schema => {
  const found = schema[keyword];
  return isSchema(found) ? found : {};
};

/** `items[0].discount` → the schemas from the outermost to the one of this field. */
export const schemasAlong = (document: OpenApiDocument, root: Schema, field: string): readonly Schema[] => {
  const steps = field.split(/[.[\]]+/).filter((step) => step !== '');
  const along = [resolve(document, root)];
  for (const step of steps) {
    const last = along.at(-1) ?? {};
    const next = /^\d+$/.test(step) ? inner(last, 'items') : inner(inner(last, 'properties'), step);
    along.push(resolve(document, next));
  }
  return along;
};
