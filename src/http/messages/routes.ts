import { Type } from '@sinclair/typebox';
import type { MessageView } from '../../notifications/index.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { defineSpecs } from '../server/spec.ts';
import { listMessagesQuery, messageResponse } from './schemas.ts';

const READERS = { admin: 'any', auditor: 'any' } as const;
const onMessage = {
  tag: 'Admin',
  params: strictObject({ id: Type.String({ description: 'Id of the message.' }) }),
} as const;

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

/** Messages to customers: sent, waiting, and failed. */
export const messageSpecs = defineSpecs({
  listMessages: {
    methods: ['GET'],
    path: '/admin/messages',
    tag: 'Admin',
    summary: 'List messages to customers',
    description: 'Newest first. Recipients are removed when the customer’s data is erased.',
    permission: READERS,
    query: listMessagesQuery,
    answers: { 200: { description: 'A page of messages.', body: Type.Array(messageResponse), example: [example] } },
  },
  getMessage: {
    ...onMessage,
    methods: ['GET'],
    path: '/admin/messages/:id',
    summary: 'Get a message',
    description: 'Shows whether the message was sent, and the reason if it was not.',
    permission: READERS,
    answers: { 200: { description: 'The message.', body: messageResponse, example } },
  },
  sendMessage: {
    ...onMessage,
    methods: ['POST'],
    path: '/admin/messages/:id/send',
    summary: 'Send a message again',
    description: 'Sends the message now, whatever its status is. It keeps its Message-ID.',
    permission: { admin: 'any' },
    answers: {
      200: {
        description: 'The message, waiting.',
        body: messageResponse,
        example: { ...example, status: 'waiting', attempts: 0, reason: null, next_try_at: example.at },
      },
    },
  },
});
