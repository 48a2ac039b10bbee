import type { JsonValue } from '../../event-store/port.ts';

/** One thing wrong with one field of a request. */
export type FieldError = {
  /** The field: `items[0].quantity`, a query parameter or a header. */
  readonly field: string;
  /** The expected value. */
  readonly message: string;
  /** The received value, shortened; never a secret. */
  readonly received?: JsonValue;
};

/** Failures that are not rejections by a business rule: status and title of each code. */
const GENERIC = {
  'request.malformed': [400, 'Malformed request'],
  'request.not_json': [400, 'Not JSON'],
  'auth.missing_credentials': [401, 'Credentials are missing'],
  'auth.invalid_token': [401, 'The token is not accepted'],
  'auth.invalid_key': [401, 'The API key is not accepted'],
  'auth.forbidden': [403, 'Not allowed'],
  'route.not_found': [404, 'No operation at this address'],
  'resource.not_found': [404, 'Not found'],
  'as_of.before_creation': [404, 'Did not exist yet'],
  'explain.unknown_field': [404, 'No such amount'],
  'as_of.beyond_head': [404, 'Not known yet'],
  'route.method_not_allowed': [405, 'Method not allowed'],
  'request.too_slow': [408, 'The request came too slowly'],
  'idempotency.in_flight': [409, 'The same request is still running'],
  'stream.contention': [409, 'Changed by others at the same time'],
  'erase.open_business': [409, 'Business is not finished'],
  'erase.other_orders': [409, 'The customer has other orders'],
  'document.destroyed': [409, 'The document was destroyed'],
  'document.rendering': [409, 'The document is still being made'],
  'document.failed': [409, 'The document could not be made'],
  'gateway.has_no_ledger': [409, 'No ledger to compare with'],
  'job.not_failed': [409, 'The job has not failed'],
  'projection.not_possible': [409, 'Not possible now'],
  'log.no_head_yet': [409, 'Not signed yet'],
  'log.contradicted': [409, 'The log was changed'],
  'customer.erased': [410, 'The customer was erased'],
  'precondition.failed': [412, 'Changed in the meantime'],
  'request.too_large': [413, 'The body is too large'],
  'request.address_too_long': [414, 'The address is too long'],
  'request.unsupported_media_type': [415, 'Not a JSON body'],
  'request.invalid': [422, 'Invalid request'],
  'idempotency.key_reused': [422, 'Idempotency key reused'],
  'rate.limited': [429, 'Too many requests'],
  'request.head_too_large': [431, 'The headers are too large'],
  'server.error': [500, 'Internal error'],
  'service.refused': [502, 'Rejected by a service'],
  'service.unavailable': [503, 'Temporarily unavailable'],
  'key.missing': [503, 'A key is missing'],
  'server.overloaded': [503, 'Overloaded'],
  'request.timed_out': [503, 'The answer took too long'],
  'read_model.behind': [503, 'Not caught up yet'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type GenericCode = keyof typeof GENERIC;
/** Every such failure, for the documentation. */
export const GENERIC_PROBLEMS = Object.entries(GENERIC).map(([code, [status, title]]) => ({ code, status, title }));

export type ProblemExtra = {
  readonly errors?: readonly FieldError[];
  /** Facts of the rejection, as members of their own: `current_status`, `allowed_actions`. */
  readonly facts?: { readonly [name: string]: JsonValue };
  readonly headers?: { readonly [name: string]: string };
};

export type ProblemParts = ProblemExtra & {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
};

/** A rejected or failed request: an RFC 9457 problem without the members that only the request knows. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(readonly parts: ProblemParts) {
    super(`${parts.code}: ${parts.detail}`);
  }
}

/** A failure that is no rule of the business. `detail` is a sentence a person can act on. */
export const problem = (code: GenericCode, detail: string, extra: ProblemExtra = {}): Problem => {
  const [status, title] = GENERIC[code];
  return new Problem({ status, title, code, detail, ...extra });
};

export const notFound = (what: string): Problem =>
  problem('resource.not_found', `No such ${what} exists, or you may not see it. Check the id or number.`);

export const invalid = (errors: readonly FieldError[]): Problem =>
  problem(
    'request.invalid',
    errors.length === 1
      ? `${errors[0]?.field ?? 'The request'}: ${errors[0]?.message ?? 'is invalid'}.`
      : `${errors.length} fields are not as expected; see errors.`,
    { errors },
  );

/** The document as it is sent. */
export const problemBody = (
  { status, title, code, detail, errors, facts }: ProblemParts,
  { instance, requestId }: { readonly instance: string; readonly requestId: string },
): object => ({
  type: `urn:waybill:problem:${code}`,
  title,
  status,
  detail,
  instance,
  code,
  ...(errors === undefined ? {} : { errors }),
  ...facts,
  request_id: requestId,
});
