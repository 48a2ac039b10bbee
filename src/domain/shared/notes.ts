import type { Command } from './command.ts';
import { ERASED, type Actor, type Fact, type Instant, type Personal } from './decider.ts';
import { personalField } from './personal.ts';

/** A note of staff on an order, a return or a payment. Customers see it only if its author allows that. */
export type NoteAdded = {
  readonly type: 'NoteAdded';
  readonly data: { readonly visible_to_customer: boolean; readonly personal: Personal<{ readonly text: string }> };
};

export type AddNote = Command<'AddNote', { readonly text: string; readonly visible_to_customer: boolean }>;

export type Note = {
  readonly text: Personal<string>;
  readonly visible_to_customer: boolean;
  readonly by: Actor;
  readonly at: Instant;
};

export const noteAdded = ({ text, visible_to_customer }: AddNote['data']): NoteAdded => ({
  type: 'NoteAdded',
  data: { visible_to_customer, personal: { text } },
});

/** Notes are written by staff. */
export const mayAddNotes = ({ role }: Actor): boolean => role === 'admin' || role === 'system';

/** The list with one more note. */
export const withNote = (
  notes: readonly Note[],
  { data, by, at }: Fact<NoteAdded>,
): { readonly staff_notes: readonly Note[] } => {
  const text = personalField(data.personal, 'text') ?? ERASED;
  return { staff_notes: [...notes, { text, visible_to_customer: data.visible_to_customer, by, at }] };
};
