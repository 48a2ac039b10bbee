import { isOf, type RecordedOf } from '../../commands/index.ts';
import { isErased } from '../../domain/shared/decider.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { isStaff, type Viewer } from '../server/caller.ts';
import { problem } from '../server/problem.ts';

type NoteRecorded = RecordedOf<'NoteAdded'>;

/** A note as this caller may see it: who wrote it is told to staff. */
export const noteBody = ({ id, fact: { data, by, at } }: NoteRecorded, viewer: Viewer) => ({
  id,
  text: isErased(data.personal) ? null : data.personal.text,
  by: isStaff(viewer) ? by.id : null,
  at,
  visible_to_customer: data.visible_to_customer,
});

export const notesOf = (events: readonly Recorded[]): readonly NoteRecorded[] => events.filter(isOf('NoteAdded'));

/** A customer's notes are their own: they say nothing about who sees them. */
export const rejectVisibility = (
  { visible_to_customer }: { readonly visible_to_customer?: boolean },
  viewer: Viewer,
) => {
  if (visible_to_customer === undefined || isStaff(viewer)) return;
  throw problem('auth.forbidden', 'Only an admin may send visible_to_customer. Leave it out.', {
    errors: [{ field: 'visible_to_customer', message: 'may only be sent by an admin' }],
  });
};

/** What an admin's change of `notes` answers: what was written, as a note of its own. The customer's stay as they are. */
export const writtenNotes = (last: Recorded | undefined): { readonly notes?: string } =>
  last !== undefined && isOf('NoteAdded')(last) && !isErased(last.fact.data.personal)
    ? { notes: last.fact.data.personal.text }
    : {};

/** The notes in a stream that this caller may read, oldest first. */
export const noteBodies = (events: readonly Recorded[], viewer: Viewer) =>
  notesOf(events)
    .filter(({ fact }) => isStaff(viewer) || fact.data.visible_to_customer)
    .map((note) => noteBody(note, viewer));
