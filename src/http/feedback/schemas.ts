import { Type } from '@sinclair/typebox';
import { integer, optionalText, strictObject } from '../server/schemas/fields.ts';
import { maybe, shape, time, uuid } from '../server/schemas/response-parts.ts';

export const feedbackBody = strictObject(
  {
    rating: integer(1, 5, { description: 'Stars: 1 to 5.', example: 5 }),
    comment: optionalText({ max: 1000, example: 'Still warm!' }),
  },
  { component: 'FeedbackRequest' },
);

export const feedbackResponse = shape(
  { order_id: uuid(), rating: Type.Integer(), comment: maybe.text(), created_at: time() },
  'Feedback',
);
