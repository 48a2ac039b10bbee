import { Type } from '@sinclair/typebox';
import type { Messages, MessageView } from '../../notifications/outbox/list.ts';
import { MESSAGE_KINDS, MESSAGE_STATUSES, type MessageKind, type MessageStatus } from '../../notifications/kinds.ts';
import { readPaging } from '../server/paging.ts';
import { notFound } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { route, type Loading, type Reply, type Route } from '../server/route.ts';
import { strictObject, text } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';
import { maybe, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

export type MessagesDeps = {
  readonly messages: Messages;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
};

const TAG = 'Admin';
const MAY_READ = { admin: 'any', auditor: 'any' } as const;
const unused = (): undefined => undefined;

const message = shape(
  {
    id: Type.String({ format: 'uuid', description: 'Its Message-ID before the @; its file is called after it.' }),
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

const example: MessageView = {
  id: '0b2f7a52-6c5d-5f0e-8f6e-2f0a9f1f7a10',
  to: 'meera@example.com',
  subject: 'Your order ORD-2026-000001 is on its way',
  kind: 'order_shipped',
  order_id: '0195513c-6c00-7000-8000-000000000001',
  status: 'failed',
  at: '2026-03-01T12:05:00.000Z',
  attempts: 1,
  reason: '550 5.1.1 no such user here',
  next_try_at: null,
};

const query = strictObject({
  order_id: Type.Optional(text({ min: 1, max: 255, description: 'UUID or number of an order.' })),
  kind: Type.Optional(Type.Unsafe<MessageKind>({ type: 'string', enum: [...MESSAGE_KINDS] })),
  status: Type.Optional(Type.Unsafe<MessageStatus>({ type: 'string', enum: [...MESSAGE_STATUSES] })),
  limit: paging.limit,
  offset: paging.offset,
  skip: paging.skip,
  page: paging.page,
});

/** What customers were told, and what still waits or could not be told. */
export const messageRoutes = ({ messages, findOrderIdByNumber }: MessagesDeps): readonly Route[] => {
  const load = ({ params: { id } }: Loading): Promise<MessageView | undefined> => messages.find(id ?? '');
  const params = strictObject({ id: Type.String({ description: 'Id of the message.' }) });
  const one = { params, load, tag: TAG } as const;
  const found = async (loading: Loading): Promise<Reply> => {
    const now = await load(loading);
    if (now === undefined) throw notFound('message');
    return { status: 200, body: now };
  };
  return [
    route(
      {
        methods: ['GET'],
        path: '/admin/messages',
        operationId: 'listMessages',
        tag: TAG,
        summary: 'Messages to customers',
        description: 'Newest first. Whom they went to is gone with the customer’s data.',
        permission: MAY_READ,
        query,
        answers: { 200: { description: 'A page of messages.', body: Type.Array(message), example: [example] } },
      },
      async ({ query: asked }) => {
        const { limit, offset = 0 } = readPaging(asked, unused);
        const { kind, status } = asked;
        const order_id =
          asked.order_id === undefined ? undefined : await resolveId(asked.order_id, findOrderIdByNumber);
        if (asked.order_id !== undefined && order_id === undefined) return { status: 200, body: [] };
        return { status: 200, body: await messages.list({ order_id, kind, status, limit, offset }) };
      },
    ),
    route(
      {
        ...one,
        methods: ['GET'],
        path: '/admin/messages/:id',
        operationId: 'getMessage',
        summary: 'What became of a message, and why',
        permission: MAY_READ,
        answers: { 200: { description: 'The message.', body: message, example } },
      },
      ({ subject }) => Promise.resolve({ status: 200, body: subject }),
    ),
    route(
      {
        ...one,
        methods: ['POST'],
        path: '/admin/messages/:id/send',
        operationId: 'sendMessage',
        summary: 'Send a message again now',
        description: 'Whatever became of it. It keeps its Message-ID.',
        permission: { admin: 'any' },
        answers: {
          200: {
            description: 'The message, waiting.',
            body: message,
            example: { ...example, status: 'waiting', attempts: 0, reason: null, next_try_at: example.at },
          },
        },
      },
      async ({ subject, caller }) => {
        await messages.sendAgain(subject.id);
        return found({ caller, params: { id: subject.id } });
      },
      found,
    ),
  ];
};
