import { Type } from '@sinclair/typebox';
import type { Caller } from '../server/caller.ts';
import { findOrder, type FoundOrder } from './find-order.ts';
import type { OrderDeps } from './order-deps.ts';
import type { InputOf, Loading, RouteSpec } from '../server/route.ts';
import { strictObject } from '../server/schemas/fields.ts';

export const TAG = 'Orders';

/** How far each role sees orders. */
export const ORDER_READERS = { customer: 'own', delivery_partner: 'assigned', admin: 'any', auditor: 'any' } as const;

export const orderParams = strictObject({
  id: Type.String({ description: 'UUID or order number.', example: 'ORD-2026-000001' }),
});

/** Finds the order of the path; 404 when it is not there, or not this caller's. */
export const loadOrder =
  (deps: OrderDeps) =>
  ({ caller, params }: Loading): Promise<FoundOrder | undefined> =>
    findOrder(deps, caller, params['id'] ?? '');

export const currencyOfOrder = ({ order }: FoundOrder): string => order.currency;

type OnOrder = Pick<InputOf<RouteSpec>, 'context' | 'repeatable' | 'expected'> & {
  readonly subject: FoundOrder;
  readonly caller: Caller;
};

/** Which order a command is for, as it was found, by whom, and at which revision they insist. */
export const target = ({ context, repeatable, expected, subject }: OnOrder) => ({
  context,
  repeatable,
  expected,
  id: subject.id,
  known: subject.events,
});

/** What is null says the same as what is left out. */
export const withoutNull = <T extends object>(body: T): { [K in keyof T]: Exclude<T[K], null> | undefined } =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) as {
    [K in keyof T]: Exclude<T[K], null> | undefined;
  };
