import { createHash } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import type { Caller } from '../caller.ts';
import { invalid } from '../problem.ts';
import type { KeyedRequest } from '../../../platform/idempotency-keys.ts';

const COMMAND_IDS = 'c6b8f5de-6a0d-5f43-a6cc-1f0d4f6e5a02';
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The parts in which two equal requests must agree. */
export type Repeatable = {
  readonly caller: Caller;
  readonly operationId: string;
  readonly key: string;
};

const hash = (...parts: readonly (string | Buffer)[]): Buffer => {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(part);
  return sha.digest();
};

const scopeOf = ({ caller, operationId, key }: Repeatable): string =>
  JSON.stringify([caller.role, caller.id, operationId, key]);

/** The id of the command: a repeated request has the same one, so that the event store recognises it, too. */
export const commandIdOf = (repeatable: Repeatable): string => uuidv5(scopeOf(repeatable), COMMAND_IDS);

export const keyedRequest = (
  repeatable: Repeatable,
  { url, raw }: { readonly url: string; readonly raw: Buffer | undefined },
): KeyedRequest => ({ key: hash(scopeOf(repeatable)), request: hash(url, '\n', raw ?? '') });

/** The `Idempotency-Key` of a request; `undefined` when there is none. */
export const idempotencyKey = (header: string | string[] | undefined): string | undefined => {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw invalid([{ field: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters, such as a UUID' }]);
};
