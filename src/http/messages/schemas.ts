import { Type } from '@sinclair/typebox';
import { MESSAGE_KINDS, MESSAGE_STATUSES, type MessageKind, type MessageStatus } from '../../notifications/index.ts';
import { strictObject, text } from '../server/schemas/fields.ts';
import { pages } from '../server/schemas/paging.ts';
import { maybe, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

export const messageResponse = shape(
  {
    id: Type.String({ format: 'uuid', description: 'Part of the Message-ID before the @, and name of the file.' }),
    to: maybe.text(),
    subject: maybe.text(),
    kind: words(MESSAGE_KINDS),
    order_id: uuid(),
    status: words(MESSAGE_STATUSES),
    at: time(),
    attempts: Type.Integer(),
    reason: maybe.text(),
    next_try_at: maybe.time(),
  },
  'Message',
);

export const listMessagesQuery = strictObject({
  order_id: Type.Optional(text({ min: 1, max: 255, description: 'UUID or number of an order.' })),
  kind: Type.Optional(Type.Unsafe<MessageKind>({ type: 'string', enum: [...MESSAGE_KINDS] })),
  status: Type.Optional(Type.Unsafe<MessageStatus>({ type: 'string', enum: [...MESSAGE_STATUSES] })),
  ...pages,
});
