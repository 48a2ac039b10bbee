import type { Caller } from './caller.ts';
import { problem } from './problem.ts';

/** `force` lifts a rule of the shop: only an admin may send it. */
export const rejectForce = ({ force }: { readonly force?: boolean | undefined }, { role }: Caller): void => {
  if (force === undefined || role === 'admin') return;
  throw problem('auth.forbidden', 'Only an admin may send force. Leave it out.', {
    errors: [{ field: 'force', message: 'may only be sent by an admin' }],
  });
};
