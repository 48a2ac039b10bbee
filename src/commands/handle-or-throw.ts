import type { DomainEvent } from '../domain/events.ts';
import type { Decider, Rejection } from '../domain/shared/decider.ts';
import { wasRejected, type Done, type Handle, type Request } from './handle.ts';

/** No caller waits for a process, so it may try longer than a request. */
const PROCESS_ATTEMPTS = 20;

/** Sends a command that cannot be rejected once its cause has happened: a rejection is a bug, and stops the job visibly. */
export const handleOrThrow = async <C extends { readonly type: string }, E extends DomainEvent, S, R extends Rejection>(
  handle: Handle,
  decider: Decider<C, E, S, R>,
  request: Request<C, NoInfer<S>>,
): Promise<Done<S>> => {
  const outcome = await handle(decider, { attempts: PROCESS_ATTEMPTS, ...request });
  if (wasRejected(outcome))
    throw new Error(`${request.stream} rejected ${request.command.type}: ${outcome.rejection.rejected}`);
  return outcome;
};
