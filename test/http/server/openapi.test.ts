import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFile } from 'node:fs/promises';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { parse } from 'yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { REJECTIONS } from '../../../src/http/rejections.ts';
import { SPECS } from '../../../src/http/specs.ts';
import { createAjv, compileBody } from '../../../src/http/server/validation/body-validator.ts';
import { compileQuery } from '../../../src/http/server/validation/query-reader.ts';
import { apiMarkdown } from '../../../src/http/server/documentation/api-markdown.ts';
import { NOT_WALKED, WALK } from '../../../src/http/server/documentation/postman-walk.ts';
import { operationIdOf, templatePath, type OpenApiDocument } from '../../../src/http/server/documentation/openapi.ts';
import { BASE_PATH, createRouter } from '../../../src/http/server/router.ts';
import { bind, type Route } from '../../../src/http/server/route.ts';
import { createApp } from '../../../src/http/server/app.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { documentChecker } from '../../support/openapi-check.ts';

const openapi = suite('the OpenAPI document');
let api: TestApi;
let served: OpenApiDocument;

openapi.before(async () => {
  api = await startTestApi({ projectors: false });
  served = (await api.call<OpenApiDocument>('//openapi.json', { as: null })).body;
});
openapi.after(() => api.close());

type Media = { readonly example?: unknown };
type Operation = {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
};

const operations = (): readonly (readonly [path: string, method: string, operation: Operation])[] =>
  Object.entries(served.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [path, method, operation as Operation] as const),
  );

openapi('says exactly what the router serves', () => {
  const documented = operations().map(([path, method]) => `${method.toUpperCase()} ${path}`);
  const pages = ['/docs', '/redoc', '/openapi.', '/postman.', '/metrics'];
  const mounted = api.api.addresses
    .filter(({ path }) => !pages.some((page) => path.startsWith(page)))
    .map(({ method, path }) => `${method} ${templatePath(path)}`);
  assert.equal(mounted.sort(), documented.sort());
  assert.ok(documented.length > 20);
});

openapi('every documented operation is answered by the server, and not with 404 or 405', async () => {
  for (const [path, method] of operations()) {
    const answer = await api.call(`/${path.replace(/\{\w+\}/g, 'x')}`, { method: method.toUpperCase(), as: null });
    const expected = path.startsWith(BASE_PATH) ? [401] : [200];
    assert.ok(expected.includes(answer.status), `${method} ${path} answered ${answer.status}`);
  }
});

openapi('has no fault that a linter finds', async () => {
  const config = await createConfig({
    extends: ['spec'],
    rules: {
      'no-unused-components': 'error',
      'operation-operationId-unique': 'error',
      'no-invalid-media-type-examples': 'error',
    },
  });
  const found = await lintFromString({ source: JSON.stringify(served), config });
  assert.equal(
    found.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`),
    [],
  );
});

openapi('says the same as docs/api.md', async () => {
  const written = await readFile(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  assert.is(written, apiMarkdown(SPECS, REJECTIONS), 'run: node --import tsx scripts/api-docs.ts');
});

openapi('is the same in YAML', async () => {
  const { text } = await api.call('//openapi.yaml', { as: null });
  assert.equal(parse(text), served);
});

openapi('has an example for every answer and body, and each validates', () => {
  const check = documentChecker(served);
  for (const [path, method, operation] of operations()) {
    const at = ['paths', path, method];
    const body = operation.requestBody?.content['application/json'];
    if (operation.requestBody !== undefined) {
      assert.ok(body?.example !== undefined, `${operation.operationId} has no example body`);
      assert.is(check([...at, 'requestBody', 'content', 'application/json', 'schema'], body.example), undefined);
    }
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const json = content?.['application/json'];
      if (json === undefined || !status.startsWith('2')) continue;
      assert.ok(json.example !== undefined, `${operation.operationId} has no example answer`);
      const problem = check([...at, 'responses', status, 'content', 'application/json', 'schema'], json.example);
      assert.is(problem, undefined, `${operation.operationId}: ${problem ?? ''}`);
    }
  }
});

openapi('queries compile, and example bodies pass the validation that requests pass', () => {
  const ajv = createAjv();
  for (const spec of SPECS) {
    if (spec.query !== undefined) assert.type(compileQuery(ajv, spec.query), 'function', spec.operationId);
    if (spec.body === undefined) continue;
    const errors = compileBody(ajv, spec.body)(structuredClone(spec.example), { currency: 'EUR' });
    assert.equal(errors, [], spec.operationId);
  }
});

openapi('rejects what the server rejects: both know the same properties', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const { schemas } = served.components as { readonly schemas: Readonly<Record<string, object>> };
  ajv.addSchema({ $id: 'doc', components: { schemas } });
  const validate = ajv.compile({ $ref: 'doc#/components/schemas/PlaceOrderRequest' });
  assert.is(validate({ items: [{ product_id: 1, unit_price: '1.50', quantity: 1 }] }), true);
  assert.is(validate({ items: [{ product_id: 1, unit_price: 0, quantity: 1 }] }), false);
  assert.is(validate({ items: [], colour: 'red' }), false);
});

openapi('the Postman collection walks every operation an admin may call', () => {
  const walked = new Set(
    WALK.map(({ operationId, method }) => {
      const spec = SPECS.find((known) => known.operationId === operationId);
      assert.ok(spec, `${operationId} is walked and not served`);
      return operationIdOf(spec, method ?? spec.methods[0]);
    }),
  );
  const callable = SPECS.filter(({ permission }) => permission === 'public' || permission.admin !== undefined).flatMap(
    (spec) => spec.methods.map((method) => operationIdOf(spec, method)),
  );
  assert.equal(callable.filter((id) => !walked.has(id)).sort(), [...NOT_WALKED].sort());
});

const spec = {
  methods: ['GET'],
  path: '/things/:id',
  operationId: 'getThing',
  tag: 'Resources',
  summary: 'A thing',
  permission: { admin: 'any' },
  answers: { 200: { description: 'It.' } },
} as const;
const thing = (changes: object): Route =>
  bind({ thing: { ...spec, ...changes } }, { thing: { handle: () => Promise.resolve({ status: 200 }) } }).thing;

openapi('two routes for one address, or of one name, are rejected at boot', () => {
  const boot = (...table: readonly Route[]) =>
    createApp({ routes: table, pages: [], rejections: REJECTIONS, deps: api.deps.kernel });
  assert.throws(() => boot(thing({}), thing({ path: '/things/:name', operationId: 'other' })), /two routes serve/);
  assert.throws(() => boot(thing({}), thing({ path: '/elsewhere' })), /two routes are called getThing/);
  assert.throws(() => createRouter([{ methods: ['GET', 'GET'], path: '/a', target: 1 }]), /two routes serve/);
});

openapi.run();
