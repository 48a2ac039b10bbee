import { v5 as uuidv5 } from 'uuid';
import type { Actor, Instant } from '../domain/shared/decider.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { Recorded } from '../event-store/recorded.ts';

const PROCESS_COMMANDS = '0d7f0d1e-36f7-5b3f-9d13-1f0a2f6b7c55';

/** Waybill itself, as the actor of what follows from an event. */
export const SYSTEM: Actor = { id: 'waybill', role: 'system' };

/**
 * The context of a command that a process sends because of an event. Its id derives from both, so that the job may run
 * any number of times.
 */
export const processContext = (step: string, cause: Recorded, at: Instant): EventContext => ({
  command_id: uuidv5(`${cause.id}/${step}`, PROCESS_COMMANDS),
  actor: SYSTEM,
  correlation_id: cause.metadata.correlation_id,
  causation_id: cause.id,
  at,
});

/** The same where one decision goes on in another stream: its actor is still the one who decided, at that moment. */
export const continuedContext = (step: string, cause: Recorded): EventContext => ({
  ...processContext(step, cause, cause.fact.at),
  actor: cause.fact.by,
});

/** Who says a command, and when. */
export const saidBy = ({ at, actor }: EventContext): { readonly at: Instant; readonly by: Actor } => ({
  at,
  by: actor,
});
