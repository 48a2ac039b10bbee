import type { TObject } from '@sinclair/typebox';
import type { Method, RouteSpec } from '../spec.ts';
import { fullPath } from '../router.ts';
import { documented, type Components } from './json-schema.ts';
import { problemSchema } from '../schemas/problem-schema.ts';
import { problemAnswers, problemResponses } from './problem-answers.ts';

export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: object;
  readonly servers: readonly object[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, unknown>>;
};

/** `/orders/:id` → `/orders/{id}`. */
export const templatePath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** Each method of a route is an operation of its own; the first one bears the route's name. */
export const operationIdOf = ({ operationId, methods }: RouteSpec, method: Method): string =>
  method === methods[0] ? operationId : `${operationId}By${method.charAt(0)}${method.slice(1).toLowerCase()}`;

const HEADERS = {
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A text of your choice, such as a UUID. Requests with the same key take effect once.',
    schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'ETag of the version that you read; answers 412 when it has changed since.',
    schema: { type: 'string' },
  },
  lastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'Id of the last event that you received; the stream resumes after it.',
    schema: { type: 'string', pattern: '^(\\d{1,15}\\.\\d{1,15}\\.\\d{1,15})?$' },
  },
  minPosition: {
    name: 'X-Min-Position',
    in: 'header',
    description: 'X-Event-Position of your write; the answer then includes that write.',
    schema: { type: 'string', pattern: '^\\d{1,19}$' },
  },
} as const;

const parametersIn = (place: 'path' | 'query', schema: TObject | undefined, components: Components) =>
  Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || schema?.required?.includes(name) === true,
    ...(typeof property.description === 'string' && { description: property.description }),
    schema: documented(property, components),
  }));

const parametersOf = (spec: RouteSpec, method: Method, components: Components): readonly object[] => [
  ...parametersIn('path', spec.params, components),
  ...parametersIn('query', spec.query, components),
  ...(method === 'GET' ? [] : [HEADERS.idempotencyKey]),
  ...(spec.conditional === true ? [HEADERS.ifMatch] : []),
  ...(spec.live === true ? [HEADERS.lastEventId] : []),
  ...(spec.readModels === undefined ? [] : [HEADERS.minPosition]),
];

const responsesOf = (spec: RouteSpec, components: Components) => ({
  ...Object.fromEntries(
    Object.entries(spec.answers).map(([status, { description, body, contentType, otherTypes = [], example }]) => [
      status,
      {
        description,
        ...(body !== undefined && {
          content: {
            'application/json': { schema: documented(body, components), ...(example !== undefined && { example }) },
            ...Object.fromEntries(otherTypes.map((type) => [type, {}])),
          },
        }),
        ...(contentType !== undefined && { content: { [contentType]: {} } }),
      },
    ]),
  ),
  ...problemAnswers(spec),
});

const rolesOf = ({ permission }: RouteSpec): string =>
  permission === 'public'
    ? 'Public.'
    : `Roles: ${Object.entries(permission)
        .map(([role, relation]) => (relation === 'any' ? role : `${role} (${relation})`))
        .join(', ')}.`;

/** Said only where it is not a token alone. */
const securityOf = ({ permission }: RouteSpec) => {
  if (permission === 'public') return { security: [] };
  const { service, ...people } = permission;
  if (service === undefined) return {};
  return { security: [...(Object.keys(people).length > 0 ? [{ bearer: [] }] : []), { api_key: [] }] };
};

const operation = (spec: RouteSpec, method: Method, components: Components) => ({
  operationId: operationIdOf(spec, method),
  tags: [spec.tag],
  summary: spec.summary,
  description: [spec.description, rolesOf(spec)].filter(Boolean).join(' '),
  ...securityOf(spec),
  ...(spec.permission !== 'public' && { 'x-permission': spec.permission }),
  parameters: parametersOf(spec, method, components),
  ...(spec.body !== undefined && {
    requestBody: {
      required: spec.bodyOptional !== true,
      content: {
        'application/json': {
          schema: documented(spec.body, components),
          ...(spec.example !== undefined && { example: spec.example }),
        },
      },
    },
  }),
  responses: responsesOf(spec, components),
});

/** The OpenAPI 3.1 document of these specs. */
export const openApi = (specs: readonly RouteSpec[], version: string): OpenApiDocument => {
  const components: Components = new Map();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const spec of specs) {
    const path = (paths[templatePath(fullPath(spec))] ??= {});
    for (const method of spec.methods) path[method.toLowerCase()] = operation(spec, method, components);
  }
  const responses = problemResponses(documented(problemSchema, components));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waybill',
      version,
      description: [
        'Orders, returns, payments and their documents. Every fact is kept, every consequence happens once.',
        '`x-permission` lists the roles that may call an operation and what each may see (for a service: the scope it needs);',
        '`x-rule` gives rules for a value that its schema cannot express.',
        'Texts must not contain U+0000 or unpaired surrogates, and JSON must not be nested deeper than 32 levels.',
      ].join(' '),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: [...new Set(specs.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(components),
      responses,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        api_key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    ...{ security: [{ bearer: [] }] },
  };
};
