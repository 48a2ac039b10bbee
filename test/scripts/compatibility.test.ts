import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { breaksBetween } from '../../scripts/compatibility/documents.ts';
import { lastReleased, newest } from '../../scripts/compatibility/released.ts';
import { SPECS } from '../../src/http/specs.ts';
import { openApi } from '../../src/http/server/documentation/openapi.ts';
import { VERSION } from '../../src/app/version.ts';

const compatibility = suite('clients of the last release');

type Json = Record<string, unknown>;

const released = () => ({
  openapi: '3.1.0',
  security: [{ bearer: [] }],
  paths: {
    '/things/{id}': {
      put: {
        operationId: 'putThing',
        'x-permission': { admin: 'any', customer: 'own' },
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'sort', in: 'query', required: false, schema: { type: 'string', enum: ['a', 'b'] } },
        ],
        requestBody: {
          required: false,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Request' } } },
        },
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          404: { description: 'No.' },
        },
      },
      get: { operationId: 'getThing', security: [], responses: { 200: { content: { 'text/csv': {} } } } },
    },
  },
  components: {
    schemas: {
      Request: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { type: 'string', maxLength: 50 },
          size: { type: ['integer', 'null'], minimum: 0 },
          tags: { type: 'array', items: { type: 'string' } },
          owner: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
          extra: { type: 'object' },
        },
      },
      Thing: {
        type: 'object',
        required: ['id', 'parts'],
        properties: {
          id: { type: 'string' },
          state: { type: 'string', enum: ['new', 'old'] },
          note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          parts: { type: 'array', items: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } },
        },
      },
    },
  },
});

type Change = (steps: string, value: unknown) => void;

/** What a changed document breaks; undefined takes something away. */
const breaksAfter = (change: (set: Change) => void): readonly string[] => {
  const document = released();
  change((steps, value) => {
    const path = steps.split(' ');
    const last = path.pop() ?? '';
    const holder = path.reduce<Json>((at, step) => at[step] as Json, document as unknown as Json);
    if (value === undefined) Reflect.deleteProperty(holder, last);
    else holder[last] = value;
  });
  return breaksBetween(released(), document);
};

const PUT = 'paths /things/{id} put';
const REQUEST = 'components schemas Request';
const THING = 'components schemas Thing';

const BREAKS: readonly (readonly [steps: string, value: unknown, says: RegExp])[] = [
  ['paths /things/{id}', undefined, /^\/things\/\{id\} is gone$/],
  [PUT, undefined, /^PUT \/things\/\{id\} is gone$/],
  [`${PUT} operationId`, 'replaceThing', /another operationId/],
  [`${PUT} responses 200`, undefined, /answer 200 is gone/],
  [`${PUT} responses 200 content`, { 'text/plain': {} }, /no longer comes as application\/json/],
  [`${PUT} parameters 1`, undefined, /parameter query sort is gone/],
  [`${PUT} parameters 1 required`, true, /parameter query sort is now required/],
  [`${PUT} parameters 1 schema enum`, ['a'], /parameter query sort no longer takes b/],
  [`${PUT} parameters 2`, { name: 'X-A', in: 'header', required: true, schema: {} }, /header X-A is now required/],
  [`${PUT} requestBody`, undefined, /the body is gone/],
  [`${PUT} requestBody required`, true, /the body is now required/],
  [`${PUT} security`, [{ api_key: [] }], /credentials .*bearer.* no longer do/],
  ['paths /things/{id} get security', undefined, /GET .*credentials are now demanded/],
  [`${PUT} x-permission`, { admin: 'any' }, /role customer may no longer/],
  [`${PUT} x-permission admin`, 'own', /role admin may no longer/],
  [`${REQUEST} required`, ['name', 'size'], /body\.size is now required/],
  [`${REQUEST} properties tags`, undefined, /body\.tags is gone/],
  [`${REQUEST} properties name maxLength`, 49, /body\.name is narrowed by maxLength/],
  [`${REQUEST} properties name pattern`, '^a', /body\.name is narrowed by pattern/],
  [`${REQUEST} properties name x-rule`, 'must rhyme', /body\.name is narrowed by x-rule/],
  [`${REQUEST} properties name enum`, ['a', 'b'], /body\.name no longer takes anything else/],
  [`${REQUEST} properties size minimum`, 1, /body\.size is narrowed by minimum/],
  [`${REQUEST} properties size type`, 'integer', /body\.size no longer takes the type null/],
  [`${REQUEST} properties tags items type`, 'integer', /body\.tags\[\] no longer takes the type string/],
  [`${REQUEST} properties owner anyOf`, [{ type: 'string' }], /body\.owner no longer takes the type integer/],
  [`${REQUEST} properties owner`, { type: 'string' }, /body\.owner no longer takes the type integer/],
  [`${REQUEST} properties extra additionalProperties`, false, /body\.extra no longer takes further properties/],
  [`${THING} properties state`, undefined, /answer 200\.state is gone/],
  [`${THING} required`, ['id'], /answer 200\.parts may now be missing/],
  [`${THING} properties id type`, ['string', 'null'], /answer 200\.id may now be of the type null/],
  [`${THING} properties id type`, 'integer', /answer 200\.id may now be of the type integer/],
  [`${THING} properties state enum`, ['new', 'old', 'odd'], /answer 200\.state may now be odd/],
  [`${THING} properties note`, { type: 'integer' }, /answer 200\.note may now be of the type integer/],
  [`${THING} properties parts items properties n`, undefined, /answer 200\.parts\[\]\.n is gone/],
];

compatibility('each kind of break is found', () => {
  for (const [steps, value, says] of BREAKS) {
    const found = breaksAfter((set) => set(steps, value));
    assert.ok(
      found.some((one) => says.test(one)),
      `${steps} = ${JSON.stringify(value)}: ${found.join('; ') || 'nothing'}`,
    );
  }
});

compatibility('to accept more and to promise more breaks no client', () => {
  assert.equal(
    breaksAfter(() => undefined),
    [],
  );
  for (const [steps, value] of [
    [`${PUT} parameters 2`, { name: 'page', in: 'query', required: false, schema: { type: 'integer' } }],
    [`${PUT} parameters 1 schema enum`, ['a', 'b', 'c']],
    [`${PUT} responses 202`, { description: 'Later.' }],
    [`${PUT} responses 404`, undefined],
    [`${PUT} security`, []],
    [`${PUT} x-permission customer`, 'any'],
    [`${REQUEST} properties color`, { type: 'string' }],
    [`${REQUEST} required`, []],
    [`${REQUEST} properties name maxLength`, 60],
    [`${REQUEST} properties size type`, ['integer', 'null', 'string']],
    [`${REQUEST} properties size type`, ['number', 'null']],
    [`${REQUEST} properties owner anyOf`, [{ type: 'integer' }, { type: 'string' }, { type: 'null' }]],
    [`${THING} properties more`, { type: 'string' }],
    [`${THING} required`, ['id', 'parts', 'state']],
    [`${THING} properties state enum`, ['new']],
    [`${THING} properties note`, { type: 'string' }],
    ['paths /others', { get: { operationId: 'others', responses: {} } }],
  ] as const)
    assert.equal(
      breaksAfter((set) => set(steps, value)),
      [],
      steps,
    );
});

compatibility('the newest release counts, by number and not by letter', () => {
  assert.is(
    newest(['openapi-0.9.0.json', 'openapi-0.10.0.json', 'README.md', 'openapi-x.json']),
    'openapi-0.10.0.json',
  );
});

compatibility('the served document breaks nothing of the last release', async () => {
  const { file, document } = await lastReleased();
  const served = JSON.parse(JSON.stringify(openApi(SPECS, VERSION))) as Json;
  const hint = `A client of ${file} would fail. Where that version is not out yet: npm run release:openapi`;
  assert.equal(breaksBetween(document, served), [], hint);
});

compatibility.run();
