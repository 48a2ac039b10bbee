import fc from 'fast-check';
import type { OpenApiDocument } from '../../src/http/server/documentation/openapi.ts';
import { resolve, type Operation, type Parameter, type Schema } from './operations.ts';
import { isName, kindOf, type Pool } from './pool.ts';
import { valueOf, type Making } from './schema-values.ts';
import { spoilt } from './spoilt-request.ts';

export type Body =
  | { readonly is: 'none' }
  | { readonly is: 'json'; readonly value: unknown }
  | { readonly is: 'raw'; readonly type: string | undefined; readonly raw: string | Uint8Array<ArrayBuffer> };

/** Who calls; the last four are let in nowhere. */
export const CALLERS = [
  'admin',
  'auditor',
  'customer',
  'delivery_partner',
  'service',
  'anonymous',
  'bad_token',
  'bad_key',
  'endless_token',
] as const;
export type CallerName = (typeof CALLERS)[number];

const SPELLINGS = ['as documented', 'in capitals', 'with a slash at its end'] as const;
export type Spelling = (typeof SPELLINGS)[number];

const spelling: fc.Arbitrary<Spelling> = fc.oneof(
  { weight: 60, arbitrary: fc.constant(SPELLINGS[0]) },
  { weight: 1, arbitrary: fc.constantFrom(...SPELLINGS) },
);

export type FuzzRequest = {
  readonly operation: Operation;
  readonly caller: CallerName;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** Whether the address is written as it stands in the document, or in a way that leads nowhere. */
  readonly spelling: Spelling;
  /** What is known to be wrong with it, whatever the document's schemas say. */
  readonly poison: readonly string[];
};

/** What is sent, without its caller. */
export type Sent = Pick<FuzzRequest, 'params' | 'query' | 'headers' | 'body' | 'poison'>;

const insiders = CALLERS.slice(0, 5);
const mayCall = ({ permission }: Operation, caller: CallerName): boolean =>
  permission === undefined || permission[caller] !== undefined;

const callerOf = (operation: Operation): fc.Arbitrary<CallerName> => {
  const allowed = insiders.filter((caller) => mayCall(operation, caller));
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...(allowed.length > 0 ? allowed : insiders)) },
    { weight: 1, arbitrary: fc.constantFrom(...CALLERS) },
  );
};

const paramsOf = ({ parameters, template }: Operation, pool: Pool): fc.Arbitrary<Sent['params']> =>
  fc.record(
    Object.fromEntries(
      parameters.filter((one) => one.in === 'path').map(({ name }) => [name, pool.name(kindOf(name, template) ?? '')]),
    ),
  );

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const pairs = (name: string, value: unknown): Sent['query'] =>
  Array.isArray(value) ? value.map((entry) => [name, asText(entry)] as const) : [[name, asText(value)]];

const queryOf = (parameters: readonly Parameter[], making: Making): fc.Arbitrary<Sent['query']> => {
  const model = Object.fromEntries(
    parameters.flatMap(({ name, in: place, required, schema }) => {
      if (place !== 'query') return [];
      const value = valueOf(schema, making, name);
      return [[name, required ? value : rarely(value)]];
    }),
  );
  return fc
    .record(model)
    .map((query) => Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : pairs(name, value))));
};

/** Good ones, and what a careless or hostile client makes of them. */
const HEADER_VALUES: Readonly<Record<string, readonly string[]>> = {
  'If-Match': ['*', '"0"', '"1"', '"2"', '"0", "1", "2", "3"', 'W/"1"', '1', '"x"', '"99999999999999999999"', '""'],
  'Last-Event-ID': [
    '0.0.0',
    '1.0.0',
    '2.1795230647304.0',
    '9.9.9',
    `${'9'.repeat(15)}.0.0`,
    '1.2',
    '-1.0.0',
    'two words',
  ],
  'X-Min-Position': ['0', '1', '999999999999', 'abc', '-1', '1.5', '99999999999999999999'],
};

const headersOf = (parameters: readonly Parameter[]): fc.Arbitrary<Sent['headers']> => {
  const model = Object.fromEntries(
    parameters.flatMap(({ name, in: place }) => {
      if (place !== 'header') return [];
      const key = fc.oneof(fc.uuid(), fc.constantFrom('used-again', 'x'.repeat(255), 'x'.repeat(256), 'two words'));
      const values = HEADER_VALUES[name];
      return [[name, rarely(values === undefined ? key : fc.constantFrom(...values))]];
    }),
  );
  return fc
    .record(model)
    .map((headers) =>
      Object.fromEntries(Object.entries(headers).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))),
    );
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Lines are of the order or return that the request names, where it names one. */
const withOwnLines = (body: unknown, params: Sent['params'], pool: Pool): unknown => {
  if (!isRecord(body) || !Array.isArray(body['items'])) return body;
  const named = [body['order_id'], ...Object.values(params)].find((name) => typeof name === 'string');
  const lines = typeof named === 'string' ? pool.linesOf(named) : [];
  if (lines.length === 0) return body;
  const items = body['items'].map((item: unknown, n) =>
    isRecord(item) && 'order_item_id' in item ? { ...item, order_item_id: lines[n % lines.length] } : item,
  );
  return { ...body, items };
};

/** The example with a field here and there as it was drawn. */
const withSome = (example: unknown, drawn: unknown, dice: readonly number[]): unknown =>
  isRecord(example) && isRecord(drawn)
    ? {
        ...example,
        ...Object.fromEntries(Object.entries(drawn).filter(([name], n) => isName(name) || dice[n % dice.length] === 0)),
      }
    : example;

const bodyOf = ({ body }: Operation, making: Making): fc.Arbitrary<Body> => {
  if (body === undefined) return fc.constant({ is: 'none' });
  const made = valueOf(body.schema, making);
  const varied = fc
    .tuple(made, fc.array(fc.nat(4), { minLength: 20, maxLength: 20 }))
    .map(([value, dice]) => withSome(body.example, value, dice));
  const json = fc.oneof(made, varied).map((value): Body => ({ is: 'json', value }));
  return body.required ? json : fc.oneof({ weight: 4, arbitrary: json }, fc.constant<Body>({ is: 'none' }));
};

const valid = (operation: Operation, pool: Pool, making: Making): fc.Arbitrary<Sent> =>
  fc
    .record({
      params: paramsOf(operation, pool),
      query: queryOf(operation.parameters, making),
      headers: headersOf(operation.parameters),
      body: bodyOf(operation, making),
    })
    .map(({ params, query, headers, body }) => ({
      params,
      query,
      headers,
      body: body.is === 'json' ? { ...body, value: withOwnLines(body.value, params, pool) } : body,
      poison: [],
    }));

/** Requests for an operation: about half as documented, the others not. */
export const requestFor = (document: OpenApiDocument, operation: Operation, pool: Pool): fc.Arbitrary<FuzzRequest> => {
  const making: Making = {
    resolve: (schema: Schema) => resolve(document, schema),
    nameFor: (field) => {
      const kind = kindOf(field) ?? (field === 'cursor' ? 'cursors' : undefined);
      return kind !== undefined && pool.names(kind).length > 0 ? pool.name(kind) : undefined;
    },
  };
  const sent = valid(operation, pool, making);
  const any = fc.oneof(
    { weight: 5, arbitrary: sent },
    { weight: 4, arbitrary: sent.chain((one) => spoilt(one, operation)) },
  );
  return fc
    .tuple(callerOf(operation), any, spelling)
    .map(([caller, request, spelt]) => ({ operation, caller, spelling: spelt, ...request }));
};
