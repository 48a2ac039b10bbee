import { v5 as uuidv5 } from 'uuid';
import { eventId, type EventContext } from '../event-store/codec.ts';
import type { Actor, Instant } from '../domain/shared/decider.ts';
import type { Recorded } from '../event-store/recorded.ts';

const PROCESS_COMMANDS = '0d7f0d1e-36f7-5b3f-9d13-1f0a2f6b7c55';

const commandIdOf = (causeId: string, step: string): string => uuidv5(`${causeId}/${step}`, PROCESS_COMMANDS);

/** Waybill itself, as the actor of what follows from an event. */
export const SYSTEM: Actor = { id: 'waybill', role: 'system' };

/** What follows from an event, said in a few words. Names are part of the ids of events and never change. */
export const PROCESS_STEPS = {
  'charge-payment': 'charging a payment',
  'confirm-paid-order': 'confirming a paid order',
  'record-payment-outcome': 'recording the outcome of a payment',
  'start-processing': 'starting a payment',
  'free-cancelled-payment': 'releasing a cancelled payment',
  'refund-excess': 'refunding what is overpaid',
  'refund-payment': 'refunding a payment',
  'give-store-credit': 'giving store credit',
  'record-refund-outcome': 'recording the outcome of a refund',
  'release-refund': 'releasing a refund',
  'request-refund': 'requesting a refund',
  'pay-out-refund': 'paying out a refund',
  'reject-refund': 'rejecting a refund',
  'end-refund': 'ending a refund',
  'initiate-return': 'initiating a return',
  'settle-return': 'settling a return',
  'close-return': 'closing a return',
  'finish-return': 'completing a return',
  'place-exchange': 'placing the order of an exchange',
  'pay-exchange': 'paying for an exchange with store credit',
  'issue-invoice': 'issuing an invoice',
  'issue-credit-memo': 'issuing a credit memo',
  'hold-order': 'holding an order whose stock is missing',
  'release-order': 'releasing an order whose stock is there',
} as const;

type Step = keyof typeof PROCESS_STEPS;

/** A step that an event leads to once, or once for each of its refunds. */
export type ProcessStep = Step | `${Step}/${string}`;

/**
 * The context of a command that a process sends because of an event. Its id derives from both, so that the job may run
 * any number of times.
 */
export const processContext = (step: ProcessStep, cause: Recorded, at: Instant): EventContext => ({
  command_id: commandIdOf(cause.id, step),
  actor: SYSTEM,
  correlation_id: cause.metadata.correlation_id,
  causation_id: cause.id,
  at,
});

/** The same where one decision goes on in another stream: its actor is still the one who decided, at that moment. */
export const continuedContext = (step: ProcessStep, cause: Recorded): EventContext => ({
  ...processContext(step, cause, cause.fact.at),
  actor: cause.fact.by,
});

/** Who says a command, and when. */
export const saidBy = ({ at, actor }: EventContext): { readonly at: Instant; readonly by: Actor } => ({
  at,
  by: actor,
});

/** Events that one command may append to a stream; more are not looked at. */
const MOST_OF_A_COMMAND = 8;
/** Commands that a document takes, each with an id of its own. */
const DOCUMENT_COMMANDS = ['request', 'record'] as const;
// Object.keys of a constant has its keys.
const STEPS = Object.keys(PROCESS_STEPS) as readonly Step[];

const refundIn = ({ fact: { data } }: Recorded): readonly string[] => ('refund_id' in data ? [data.refund_id] : []);

const commandIdsOf = (cause: Recorded, step: Step, refunds: readonly string[]): readonly string[] =>
  [step, ...refunds.map((id) => `${step}/${id}`)].flatMap((name) => {
    const id = commandIdOf(cause.id, name);
    return [id, ...DOCUMENT_COMMANDS.map((command) => uuidv5(command, id))];
  });

/**
 * The step by which an event followed from another: the id of the event derives from both. Undefined: it did not follow
 * from it by any step that is known.
 */
export const stepBetween = (cause: Recorded, effect: Recorded): Step | undefined => {
  const refunds = [...new Set([...refundIn(cause), ...refundIn(effect)])];
  const isOf = (commandId: string): boolean =>
    Array.from({ length: MOST_OF_A_COMMAND }, (_, index) => eventId(commandId, effect.stream, index)).includes(
      effect.id,
    );
  return STEPS.find((step) => commandIdsOf(cause, step, refunds).some(isOf));
};
