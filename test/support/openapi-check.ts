import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '../../src/http/server/documentation/openapi.ts';

type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly answer: { readonly status: number; readonly headers: Headers; readonly body: unknown };
};

type CheckOptions = {
  /** Required fields may be missing: the client picked some. */
  readonly isPicked?: boolean;
};

type Checker = (where: readonly string[], body: unknown, options?: CheckOptions) => string | undefined;

const checkers = new WeakMap<OpenApiDocument, Checker>();

const pointer = (steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Validates values against schemas inside the document, found by their place in it. */
export const documentChecker = (document: OpenApiDocument): Checker => {
  const known = checkers.get(document);
  if (known !== undefined) return known;
  // To compile a schema costs far more here than to use it a few times. That the document is valid is a test of its own.
  const cheap = { validateSchema: false, meta: false, inlineRefs: false, code: { optimize: false } };
  const ajv = new Ajv2020({ strict: false, allErrors: true, ...cheap });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'openapi' });
  const compiled = new Map<string, ValidateFunction>();
  const check: Checker = (where, body, { isPicked = false } = {}) => {
    const place = `openapi#${encodeURI(pointer(where))}`;
    const validate = compiled.get(place) ?? ajv.compile({ $ref: place });
    compiled.set(place, validate);
    if (validate(body)) return undefined;
    const errors = (validate.errors ?? []).filter(({ keyword }) => !(isPicked && keyword === 'required'));
    return errors.length === 0 ? undefined : ajv.errorsText(errors);
  };
  checkers.set(document, check);
  return check;
};

type Template = { readonly path: string; readonly matches: RegExp };

const templates = new WeakMap<OpenApiDocument, readonly Template[]>();

/** The paths of the document, those with the fewest parameters first. */
const templatesOf = (document: OpenApiDocument): readonly Template[] => {
  const known = templates.get(document);
  if (known !== undefined) return known;
  const found = Object.keys(document.paths)
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map((path) => ({ path, matches: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`) }));
  templates.set(document, found);
  return found;
};

const templateOf = (document: OpenApiDocument, path: string): string | undefined =>
  templatesOf(document).find(({ matches }) => matches.test(path))?.path;

type Responses = {
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: object }>>;
};

/** Whether a body of this content type is one JSON value. */
export const isJson = (type: string): boolean => /^application\/(problem\+)?json/.test(type);

/** Fails the test when an answer is not what the served document promises. */
export const checkAnswer = (document: OpenApiDocument, { method, path, answer }: Exchange): void => {
  const template = templateOf(document, path.split('?')[0] ?? '');
  const operation = template && document.paths[template]?.[method.toLowerCase()];
  if (template === undefined || operation === undefined) return; // 404 and 405 are the business of their own tests
  const { responses } = operation as Responses;
  const response = responses[String(answer.status)];
  if (response === undefined) throw new Error(`${method} ${template} does not document ${answer.status}`);
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const where =
    response.$ref === undefined
      ? ['paths', template, method.toLowerCase(), 'responses', String(answer.status)]
      : response.$ref.split('/').slice(1);
  if (!isJson(type)) return;
  const isPicked = /[?&]fields=/.test(path);
  const problem = documentChecker(document)([...where, 'content', type, 'schema'], answer.body, { isPicked });
  if (problem !== undefined) throw new Error(`${method} ${path} → ${answer.status} is not as documented: ${problem}`);
};
