import type { TObject, TSchema } from '@sinclair/typebox';
import { GENERIC_PROBLEMS } from '../problem.ts';
import type { Code, Entries } from '../rejection-entry.ts';
import type { RouteSpec } from '../spec.ts';
import { fullPath } from '../router.ts';
import { expectation } from '../validation/expectation.ts';
import { templatePath } from './openapi.ts';

const INTRO = `# HTTP API

Generated from the route specs by \`node --import tsx scripts/api-docs.ts\`; a test fails when it is out of date. The same
specs serve [\`/docs\`](http://127.0.0.1:8000/docs), \`/redoc\`, \`/openapi.json\`, \`/openapi.yaml\` and \`/postman.json\`.

- JSON in \`snake_case\`, money in major units: a number, or on the way in also a decimal string. Times are UTC, ISO 8601.
- Where a text may be null, an empty one, or one of spaces, is taken for null, unless it has a least length.
- \`Authorization: Bearer <token>\`; \`npm run --silent token -- --role admin\` prints one.
- Services send \`X-API-Key\` instead; \`npm run --silent apikeys -- create\` makes one.
- Errors are \`application/problem+json\`. Program against \`code\`; \`errors\` names every wrong field at once.
- Every write takes an \`Idempotency-Key\`: the same caller, route, key and body take effect once and get the same answer,
  marked \`Idempotency-Replayed: true\`. A rejected request changes nothing and frees its key.
- Answers carry an \`ETag\`; a write with \`If-Match\` is rejected with 412 when the resource has changed since.
- Writes answer \`X-Event-Position\`; sent back as \`X-Min-Position\`, a list includes that write.
- Lists are bare arrays with \`Link\` and \`X-Total-Count\`. For depth follow \`rel="next"\`: its cost does not grow.
- \`X-Request-Id\` is taken or made, answered, logged, and is the correlation id of everything that follows.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const roles = ({ permission }: RouteSpec): string =>
  permission === 'public'
    ? 'everybody'
    : Object.entries(permission)
        .map(([role, relation]) => (relation === 'any' ? role : `${role} (${relation})`))
        .join(', ');

const isObject = (schema: unknown): schema is TObject =>
  typeof schema === 'object' && schema !== null && 'properties' in schema && 'required' in schema;

/** A row a field, those of an array's entries below it. */
const fieldsOf = (schema: TObject, path = ''): readonly (readonly string[])[] => {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties).flatMap(([name, property]: [string, TSchema]) => {
    const entries: unknown = property['items'];
    const description = typeof property.description === 'string' ? property.description : '';
    const takes = `${required.has(name) ? '**required**, ' : ''}${expectation(property)}`;
    const own = [`\`${path}${name}\``, takes, description];
    return isObject(entries) ? [own, ...fieldsOf(entries, `${path}${name}[].`)] : [own];
  });
};

const fields = (title: string, schema: TObject | undefined): readonly string[] =>
  schema === undefined ? [] : [`${title}\n\n${table(['field', 'takes', 'meaning'], fieldsOf(schema))}`];

const operation = (spec: RouteSpec): string => {
  const answers = Object.entries(spec.answers).map(([status, { description }]) => `${status} ${description}`);
  return [
    `### ${spec.methods.join(' or ')} \`${templatePath(fullPath(spec))}\``,
    `${spec.summary}. ${spec.description ?? ''}`.trim(),
    `Roles: ${roles(spec)}. Answers: ${answers.join(' ')}`,
    ...fields('Query:', spec.query),
    ...fields(spec.bodyOptional === true ? 'Body (may be left out):' : 'Body:', spec.body),
  ].join('\n\n');
};

const problems = (rejections: Entries<Code>): string => {
  const rejected = Object.entries(rejections).map(([code, { status, title }]) => ({ code, status, title }));
  const known = [...GENERIC_PROBLEMS, ...rejected].toSorted((a, b) => (a.code < b.code ? -1 : 1));
  return table(
    ['code', 'status', 'title'],
    known.map(({ code, status, title }) => [`\`${code}\``, String(status), title]),
  );
};

/** The API for people who read before they click. */
export const apiMarkdown = (specs: readonly RouteSpec[], rejections: Entries<Code>): string => {
  const tags = [...new Set(specs.map(({ tag }) => tag))];
  const sections = tags.map((tag) => {
    const own = specs.filter((spec) => spec.tag === tag);
    return [`## ${tag}`, ...own.map(operation)].join('\n\n');
  });
  return `${[INTRO.trimEnd(), ...sections, '## Problem codes', problems(rejections)].join('\n\n')}\n`;
};
