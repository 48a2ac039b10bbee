import type { RouteSpec } from '../spec.ts';
import { fullPath } from '../router.ts';
import type { Step } from './postman-step.ts';
import { WALK } from './postman-walk.ts';

type Item = Readonly<Record<string, unknown>>;

const header = (key: string, value: string) => ({ key, value });

/** `:id` of the path becomes the variable that an earlier step has saved. */
const urlOf = (path: string, { params = {}, query = '' }: Step): string =>
  `{{base_url}}${path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? `{{${name}}}`)}${query}`;

const saving = ({ save = {} }: Step): readonly string[] =>
  Object.entries(save).map(([name, path]) => `pm.collectionVariables.set('${name}', pm.response.json()${path});`);

const REPEAT_AT_MOST = 50;
const PAUSE_MS = 200;

/** Asks again until what a job does is there: Postman's way is to name the next request. */
const repeating = ({ repeatUntil, name }: Step): readonly string[] =>
  repeatUntil === undefined
    ? []
    : [
        `const tries = Number(pm.collectionVariables.get('tries') || 0) + 1;`,
        `const isThere = ${repeatUntil};`,
        `pm.collectionVariables.set('tries', isThere ? 0 : tries);`,
        `if (!isThere && tries < ${REPEAT_AT_MOST}) {`,
        `  pm.execution.setNextRequest(${JSON.stringify(name)});`,
        `  return new Promise((resolve) => setTimeout(resolve, ${PAUSE_MS}));`,
        `}`,
      ];

const testOf = (step: Step): readonly string[] => [
  `pm.test('answers 2xx', () => pm.expect(pm.response.code).to.be.within(200, 299));`,
  ...(step.repeatUntil === undefined ? saving(step) : ['(async () => {', ...repeating(step), ...saving(step), '})();']),
];

const itemOf = (step: Step, spec: RouteSpec): Item => {
  const method = step.method ?? spec.methods[0];
  const body = step.body ?? (step.method === undefined ? spec.example : undefined);
  return {
    name: step.name,
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: testOf(step) } }],
    request: {
      method,
      url: urlOf(fullPath(spec), step),
      description: spec.summary,
      header: [
        ...(body === undefined ? [] : [header('Content-Type', 'application/json')]),
        ...(method === 'POST' && spec.permission !== 'public' ? [header('Idempotency-Key', '{{$guid}}')] : []),
        ...(step.headers ?? []).map(([key, value]) => header(key, value)),
      ],
      ...(body !== undefined && { body: { mode: 'raw', raw: JSON.stringify(body, null, 2) } }),
    },
  };
};

/** A Postman collection that walks the API as an admin; every request of it ends 2xx. */
export const postmanCollection = (specs: readonly RouteSpec[]): object => ({
  info: {
    name: 'Waybill',
    description: 'Set `base_url` (scheme, host and port) and `token` (an admin’s), then run it as a whole.',
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
  variable: [
    { key: 'base_url', value: 'http://127.0.0.1:8000' },
    { key: 'token', value: '' },
  ],
  item: WALK.flatMap((step) => {
    const found = specs.find(({ operationId }) => operationId === step.operationId);
    return found === undefined ? [] : [itemOf(step, found)];
  }),
});
