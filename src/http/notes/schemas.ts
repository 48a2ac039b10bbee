import { type Static, Type } from '@sinclair/typebox';
import { strictObject, text } from '../server/schemas/fields.ts';
import { visibleToCustomer } from '../trail/schemas.ts';
import { maybe, shape, time, uuid } from '../server/schemas/response-parts.ts';

const NOTE_LENGTH = 2000;

export const addNoteBody = strictObject(
  {
    text: text({ min: 1, max: NOTE_LENGTH, example: 'Called the customer, who wants it on Friday' }),
    visible_to_customer: visibleToCustomer(),
  },
  { component: 'AddNoteRequest' },
);

export type AddNoteBody = Static<typeof addNoteBody>;

export const noteResponse = shape(
  {
    id: uuid(),
    text: Type.Union([Type.String(), Type.Null()], { description: 'Null once the personal data is erased.' }),
    by: maybe.text(),
    at: time(),
    visible_to_customer: Type.Boolean(),
  },
  'Note',
);
