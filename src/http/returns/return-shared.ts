import { Type } from '@sinclair/typebox';
import type { Caller } from '../server/caller.ts';
import { findReturn, type FoundReturn } from './find-return.ts';
import type { ReturnDeps } from './return-deps.ts';
import type { InputOf, Loading, RouteSpec } from '../server/route.ts';
import { strictObject } from '../server/schemas/fields.ts';

export const TAG = 'Returns';

export const returnParams = strictObject({
  id: Type.String({ description: 'UUID or return number.', example: 'RET-2026-000001' }),
});

/** Finds the return of the path; 404 when it is not there, or not this caller's. */
export const loadReturn =
  (deps: ReturnDeps) =>
  ({ caller, params }: Loading): Promise<FoundReturn | undefined> =>
    findReturn(deps, caller, params['id'] ?? '');

export const currencyOfReturn = ({ one }: FoundReturn): string => one.currency;

type OnReturn = Pick<InputOf<RouteSpec>, 'context' | 'repeatable' | 'expected'> & {
  readonly subject: FoundReturn;
  readonly caller: Caller;
};

/** Which return a command is for, by whom, and at which revision they insist. */
export const returnTarget = ({ context, repeatable, expected, subject }: OnReturn) => ({
  context,
  repeatable,
  expected,
  id: subject.id,
});
