import { parse } from 'csv-parse/sync';
import { documentChecker, checkAnswer } from '../support/openapi-check.ts';
import type { OpenApiDocument } from '../../src/http/server/documentation/openapi.ts';
import { schemasAlong, type Schema } from './operations.ts';
import type { CallerName, FuzzRequest } from './requests.ts';

export type FuzzAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** Whether anything was written meanwhile. */
  readonly wrote: boolean;
};

/** Codes of the documentation and their statuses. */
export type KnownCodes = ReadonlyMap<string, number>;

const NUMBER = /^-?\d+(\.\d+)?$/;

/** A parameter is text; read as its schema wants it where it can be. */
const read = (text: string, { type }: Schema): unknown => {
  if ((type === 'integer' || type === 'number') && NUMBER.test(text)) return Number(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
};

const queryFaults = (document: OpenApiDocument, { operation, query }: FuzzRequest): readonly string[] => {
  const check = documentChecker(document);
  const missing = operation.parameters.filter(
    (one) => one.in === 'query' && one.required && !query.some(([name]) => name === one.name),
  );
  if (missing.length > 0) return missing.map(({ name }) => `${name} is missing`);
  return [...new Set(query.map(([name]) => name))].flatMap((name) => {
    const values = query.flatMap(([other, value]) => (other === name ? [value] : []));
    const parameter = operation.parameters.find((one) => one.in === 'query' && one.name === name);
    if (parameter === undefined) return [`there is no parameter ${name}`];
    const { schema, place } = parameter;
    const isList = schema['type'] === 'array';
    if (!isList && values.length > 1) return [`${name} comes twice`];
    const items = (schema['items'] ?? {}) as Schema; // of an array of the document
    const value = isList
      ? values.flatMap((one) => one.split(',')).map((one) => read(one, items))
      : read(values[0] ?? '', schema);
    return check(place, value) ?? [];
  });
};

const headerFaults = (document: OpenApiDocument, { operation, headers }: FuzzRequest): readonly string[] =>
  operation.parameters.flatMap(({ name, in: where, place }) => {
    const value = headers[name];
    return where !== 'header' || value === undefined ? [] : (documentChecker(document)(place, value) ?? []);
  });

const bodyFaults = (document: OpenApiDocument, { operation, body }: FuzzRequest): readonly string[] => {
  if (operation.body === undefined || body.is === 'raw') return [];
  if (body.is === 'none') return operation.body.required ? ['the body is missing'] : [];
  return [documentChecker(document)(operation.body.place, body.value) ?? []].flat();
};

/** Why, by the document, this request is none that it describes. Empty: it is as documented. */
export const requestFaults = (document: OpenApiDocument, request: FuzzRequest): readonly string[] => [
  ...request.poison,
  ...queryFaults(document, request),
  ...headerFaults(document, request),
  ...bodyFaults(document, request),
];

type Rejection = {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly errors?: readonly { readonly field: string }[];
};

const rejectionIn = ({ body }: FuzzAnswer): Rejection => (typeof body === 'object' && body !== null ? body : {});

/** The words of a schema's rule, names of other fields among them. */
const namesIn = (schema: Schema): readonly string[] => {
  const rule = schema['x-rule'];
  return typeof rule === 'string' ? rule.split(/\W+/) : [];
};

/** A field may be rejected beyond its schema where the document says by which rule. */
const hasRule = (document: OpenApiDocument, { operation, query }: FuzzRequest, field: string): boolean => {
  const { body, parameters } = operation;
  const parameter = parameters.find(({ name }) => name === field.split('[')[0]);
  // A rule of a parameter that was sent may name others, with which it cannot come: these are the ones rejected.
  if (parameters.some((one) => query.some(([name]) => name === one.name) && namesIn(one.schema).includes(field)))
    return true;
  const root = parameter?.schema ?? body?.schema ?? {};
  const along = schemasAlong(document, root, parameter === undefined ? field : field.slice(parameter.name.length));
  return along.some((schema) => schema['x-rule'] !== undefined);
};

const isServersFault = ({ operation, headers }: FuzzRequest, answer: FuzzAnswer): boolean => {
  if (answer.status < 500 || operation.answers.includes(String(answer.status))) return false;
  return !(rejectionIn(answer).code === 'read_model.behind' && headers['X-Min-Position'] !== undefined);
};

const rejectedBadly = (answer: FuzzAnswer, known: KnownCodes): readonly string[] => {
  const { status, code } = rejectionIn(answer);
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) return [`${answer.status} as ${type}, not as a problem`];
  if (typeof code !== 'string' || known.get(code) !== answer.status || status !== answer.status)
    return [`${answer.status} with a code that is not documented: ${String(code)}`];
  return [];
};

const LET_IN_NOWHERE: readonly CallerName[] = ['anonymous', 'bad_token', 'bad_key', 'endless_token'];

/** What the answer to a request that this caller may not make must be. */
const statusDue = ({ operation, caller }: FuzzRequest): number | undefined => {
  if (operation.permission === undefined) return undefined;
  if (LET_IN_NOWHERE.includes(caller)) return 401;
  return operation.permission[caller] === undefined ? 403 : undefined;
};

const REJECTED_EARLY = [400, 404, 413, 415, 422];

const wrongStatus = (document: OpenApiDocument, request: FuzzRequest, answer: FuzzAnswer): readonly string[] => {
  const { status } = answer;
  const due = statusDue(request);
  if (due !== undefined) return status === due ? [] : [`answered ${status} where ${due} is due`];
  const faults = requestFaults(document, request);
  if (faults.length > 0)
    return REJECTED_EARLY.includes(status) ? [] : [`answered ${status} though ${faults.join('; ')}`];
  const { code, errors } = rejectionIn(answer);
  const ruled = (errors ?? []).length > 0 && (errors ?? []).every(({ field }) => hasRule(document, request, field));
  const isAccepted =
    status < 300 ||
    status === 404 ||
    status === 409 ||
    (status === 412 && request.headers['If-Match'] !== undefined) ||
    (status === 422 && (code !== 'request.invalid' || ruled)) ||
    (status === 403 && (code !== 'auth.forbidden' || errors !== undefined)) ||
    status >= 500; // told elsewhere
  return isAccepted ? [] : [`answered ${status} to a request as documented: ${JSON.stringify(answer.body)}`];
};

const asDocumented = (document: OpenApiDocument, request: FuzzRequest, answer: FuzzAnswer): readonly string[] => {
  const { method, template } = request.operation;
  const isPicked = request.query.some(([name]) => name === 'fields');
  try {
    checkAnswer(document, { method, path: isPicked ? `${template}?fields=` : template, answer });
    return [];
  } catch (error) {
    return [String(error)];
  }
};

const FORMULA = /^[=+\-@＝＋－＠\t\r]/;
const AMOUNT = /^-?\d+(\.\d+)?$/;

/** Cells of a CSV that a spreadsheet would compute; with `ids=text` some are meant to be formulas. */
const formulasIn = ({ query }: FuzzRequest, { headers, body }: FuzzAnswer): readonly string[] => {
  if (typeof body !== 'string' || !(headers.get('content-type') ?? '').startsWith('text/csv')) return [];
  if (query.some(([name, value]) => name === 'ids' && value === 'text')) return [];
  const rows: readonly (readonly string[])[] = parse(body, { bom: true });
  return rows
    .flat()
    .flatMap((cell) => (FORMULA.test(cell) && !AMOUNT.test(cell) ? [`a formula in a CSV: ${cell}`] : []));
};

/** Addresses are matched exactly; without a letter, capitals are the same. */
const leadsNowhere = ({ operation, spelling }: FuzzRequest): boolean =>
  spelling !== 'as documented' && operation.template !== '/';

/** Reads that are recorded: who was given a copy of personal data. */
const RECORDED: readonly string[] = ['exportCustomer', 'exportMyData'];

/** Everything about an answer that breaks the contract. */
export const faultsOf = (
  document: OpenApiDocument,
  known: KnownCodes,
  request: FuzzRequest,
  answer: FuzzAnswer,
): readonly string[] => {
  if (answer.status === 0) return ['no answer came in time'];
  if (leadsNowhere(request))
    return answer.status === 404 && !answer.wrote ? [] : [`answered ${answer.status} ${request.spelling}`];
  const isRejected = answer.status >= 400 && !request.operation.answers.includes(String(answer.status));
  const isRecorded = RECORDED.includes(request.operation.id);
  const writesNothing = isRejected || (request.operation.method === 'GET' && !isRecorded);
  return [
    ...(isServersFault(request, answer) ? [`answered ${answer.status}: ${JSON.stringify(answer.body)}`] : []),
    ...(isRejected ? rejectedBadly(answer, known) : []),
    ...(writesNothing && answer.wrote ? [`answered ${answer.status} and wrote all the same`] : []),
    ...asDocumented(document, request, answer),
    ...formulasIn(request, answer),
    ...wrongStatus(document, request, answer),
  ];
};
