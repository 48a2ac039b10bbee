import type { Done, ReadStream, Rejected } from '../../commands/index.ts';
import type { Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { Fold } from '../../domain/shared/decider.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder, orderTarget } from '../orders/find-order.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { loadPayment, paymentTarget } from '../payments/find-payment.ts';
import type { ReturnDeps } from '../returns/deps.ts';
import { loadReturn, returnTarget } from '../returns/find-return.ts';
import type { Caller } from '../server/caller.ts';
import { notFound } from '../server/problem.ts';
import type { AnyRejection } from '../server/rejection-entry.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { bind, type Bound, type Replay, type Reply } from '../server/route.ts';
import { noteBodies, noteBody, notesOf } from '../trail/note-body.ts';
import { noteSpecs } from './routes.ts';
import type { AddNoteBody } from './schemas.ts';

/** What the note handlers work with. */
export type NoteDeps = { readonly orders: OrderDeps; readonly returns: ReturnDeps; readonly payments: PaymentDeps };

type Subject = {
  readonly stream: string;
  readonly revision: Revision;
  readonly events: () => Promise<readonly Recorded[]>;
};
type Reading = { readonly subject: Subject; readonly caller: Caller };

const list = async ({ subject, caller }: Reading): Promise<Reply> => ({
  status: 200,
  body: noteBodies(await subject.events(), caller),
  at: subject,
});

type Outcome = Rejected<unknown, AnyRejection> | Pick<Done<unknown>, 'revision' | 'position' | 'events' | 'repeated'>;

const added = (outcome: Outcome, { subject: { stream }, caller }: Reading): Reply => {
  if ('rejection' in outcome) throw new CommandRejected(outcome.rejection);
  const note = notesOf(outcome.events).at(-1);
  if (note === undefined) throw new Error(`${stream} took a note without an event`);
  const { revision, position, repeated: isRepeated } = outcome;
  return { status: 201, body: noteBody(note, caller), at: { stream, revision }, position, isRepeated };
};

/** Of orders, returns and payments alike: nothing but the newest event is of interest. */
const NO_FOLD: Fold<DomainEvent, undefined> = { initialState: undefined, evolve: () => undefined };

/** Answers a repeated request again: the note is the event at the revision that the first answer showed. */
const replayNote =
  (readStream: ReadStream): Replay =>
  async ({ caller }, place, status) => {
    if (place === undefined) throw new Error('a note always has a place');
    const found = await readStream(NO_FOLD, place.stream, { revision: place.revision });
    const note = found && notesOf([found.last]).at(0);
    if (note === undefined) throw notFound('note');
    return { status, body: noteBody(note, caller), at: place };
  };

export const bindNotes = ({ orders, returns, payments }: NoteDeps): Bound<typeof noteSpecs> => {
  const replay = replayNote(orders.readStream);
  const onOrder = { load: loadOrder(orders) };
  const onReturn = { load: loadReturn(returns) };
  const onPayment = { load: loadPayment(payments) };
  return bind(noteSpecs, {
    listOrderNotes: { ...onOrder, handle: list },
    listReturnNotes: { ...onReturn, handle: list },
    listPaymentNotes: { ...onPayment, handle: list },
    addOrderNote: {
      ...onOrder,
      handle: async (input) => added(await orders.commands.addNote(orderTarget(input), noteOf(input.body)), input),
      replay,
    },
    addReturnNote: {
      ...onReturn,
      handle: async (input) => added(await returns.commands.addNote(returnTarget(input), noteOf(input.body)), input),
      replay,
    },
    addPaymentNote: {
      ...onPayment,
      handle: async (input) => added(await payments.commands.addNote(paymentTarget(input), noteOf(input.body)), input),
      replay,
    },
  });
};

const noteOf = ({ text, visible_to_customer = false }: AddNoteBody) => ({ text, visible_to_customer });
