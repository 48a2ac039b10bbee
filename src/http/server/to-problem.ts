import { OtherRequest, TooMuchContention } from '../../commands/index.ts';
import { AppendTooLarge, StoreUnavailable, WrongExpectedRevision } from '../../event-store/port.ts';
import { preconditionFailed } from './conventions.ts';
import { ServiceRejected, ServiceUnavailable } from '../../gateways/http/index.ts';
import { KeyMissing } from '../../platform/data-keys.ts';
import { isDatabaseOutage } from '../../platform/outage.ts';
import { CommandRejected } from './command-rejected.ts';
import { problem, Problem } from './problem.ts';
import type { Code, Entries } from './rejection-entry.ts';
import { rejectionProblem } from './rejection-problem.ts';

/** Also where the key is past its hours, as long as the stream remembers the request. */
export const keyReused = (): Problem =>
  problem('idempotency.key_reused', 'This Idempotency-Key was already used with a different request. Use a new key.');

const RETRY = { headers: { 'Retry-After': '2' } };

/** The answer for a failure. The answer for an unexpected failure reveals only its request id. */
export type ToProblem = (error: unknown) => Problem;

const failureProblem: ToProblem = (error) => {
  if (error instanceof Problem) return error;
  if (error instanceof WrongExpectedRevision) {
    return preconditionFailed(error.actual === 'no_stream' ? undefined : error.actual);
  }
  if (error instanceof OtherRequest) return keyReused();
  if (error instanceof TooMuchContention) {
    const detail = 'Other requests changed this at the same time. Read it again and repeat the request.';
    return problem('stream.contention', detail, { headers: { 'Retry-After': '1' } });
  }
  if (error instanceof AppendTooLarge) {
    const detail = `This would take ${error.bytes} bytes to store; the maximum is ${error.maxBytes}. Send less, or split it.`;
    return problem('request.too_large', detail);
  }
  if (error instanceof StoreUnavailable || isDatabaseOutage(error)) {
    const detail = 'A part that we depend on cannot be reached. Repeat the request, a write with its Idempotency-Key.';
    return problem('service.unavailable', detail, RETRY);
  }
  if (error instanceof KeyMissing) {
    const detail =
      'A key that sealed personal data is missing, so the data can be neither read nor added to. An operator must restore its row from a backup; GET /health/ready says key_missing until then, and what to do.';
    return problem('key.missing', detail);
  }
  if (error instanceof ServiceUnavailable) {
    const detail = `The ${error.service} service cannot be reached. Nothing was done: repeat the request in a moment.`;
    return problem('service.unavailable', detail, RETRY);
  }
  if (error instanceof ServiceRejected) {
    return problem(
      'service.refused',
      `The ${error.service} service rejected our credentials. Nothing was done. Report this to the merchant.`,
    );
  }
  return problem('server.error', 'Something went wrong on our side. If it happens again, report the request id.');
};

/** Answers what a rule rejected by this table, and everything else that failed by its kind. */
export const createToProblem =
  (rejections: Entries<Code>): ToProblem =>
  (error) =>
    error instanceof CommandRejected ? rejectionProblem(rejections, error.rejection) : failureProblem(error);
