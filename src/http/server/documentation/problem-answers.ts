import type { RouteSpec } from '../spec.ts';

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'Not JSON, or malformed.',
  401: 'Credentials are missing or not accepted.',
  403: 'Your role may not do this.',
  404: 'It does not exist, or you may not see it.',
  409: 'The current state does not allow it.',
  410: 'It was erased.',
  412: 'If-Match does not match.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The request is well-formed but invalid; every wrong field is listed.',
  429: 'The caller has sent too many requests this minute; Retry-After says when to continue.',
  500: 'Something went wrong on our side.',
  502: 'A service that we depend on rejected our request.',
  503: 'A part that we depend on cannot be reached. Retry later.',
};

const writes = ({ methods }: RouteSpec): boolean => !methods.includes('GET');

/** Problem statuses of an operation, besides those it names itself. */
const statusesOf = (spec: RouteSpec): readonly number[] => [
  ...(spec.permission === 'public' ? [] : [401, 403, 429]),
  ...(spec.params === undefined ? [] : [404]),
  ...(writes(spec) ? [400, 409, 413, 415] : []),
  ...(spec.conditional === true ? [412] : []),
  422,
  ...(spec.outside === true ? [] : [503]),
  500,
  ...(spec.rejects ?? []),
];

/** Problems of an operation, as OpenAPI responses. */
export const problemAnswers = (spec: RouteSpec): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    statusesOf(spec)
      .filter((status) => !(status in spec.answers))
      .map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]),
  );

export const problemResponses = (schema: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(DESCRIPTIONS).map(([status, description]) => [
      `Problem${status}`,
      { description, content: { 'application/problem+json': { schema } } },
    ]),
  );
