import type { Caller, Permission } from '../caller.ts';
import { problem, type Problem } from '../problem.ts';
import type { RouteSpec } from '../spec.ts';

const forbidden = ({ role }: Caller, { methods, path }: RouteSpec): Problem =>
  problem('auth.forbidden', `The role ${role} may not ${methods[0]} ${path}.`);

/** Why this caller may not call this route at all; undefined when they may. */
export const rejectionOf = (permission: Permission, caller: Caller, spec: RouteSpec): Problem | undefined => {
  const granted = permission[caller.role];
  if (granted === undefined) return forbidden(caller, spec);
  if (caller.role !== 'service' || caller.scopes?.some((scope) => scope === granted) === true) return undefined;
  return problem('auth.forbidden', `This API key does not have the scope ${granted}. Use a key that has it.`);
};
