import type { Messages, MessageView } from '../../notifications/index.ts';
import { noCursor, readPaging } from '../server/paging.ts';
import { notFound } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { bind, type Bound, type Loading, type Reply } from '../server/route.ts';
import { messageSpecs } from './routes.ts';

export type MessagesDeps = {
  readonly messages: Messages;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
};

export const bindMessages = ({ messages, findOrderIdByNumber }: MessagesDeps): Bound<typeof messageSpecs> => {
  const load = ({ params: { id } }: Loading): Promise<MessageView | undefined> => messages.find(id ?? '');
  const reply = async (loading: Loading): Promise<Reply> => {
    const found = await load(loading);
    if (found === undefined) throw notFound('message');
    return { status: 200, body: found };
  };
  return bind(messageSpecs, {
    listMessages: {
      handle: async ({ query }) => {
        const { limit, offset = 0 } = readPaging(query, noCursor);
        const { kind, status, order_id: name } = query;
        const order_id = name === undefined ? undefined : await resolveId(name, findOrderIdByNumber);
        if (name !== undefined && order_id === undefined) return { status: 200, body: [] };
        return { status: 200, body: await messages.list({ order_id, kind, status, limit, offset }) };
      },
    },
    getMessage: { load, handle: ({ subject }) => Promise.resolve({ status: 200, body: subject }) },
    sendMessage: {
      load,
      handle: async ({ subject, caller }) => {
        await messages.sendAgain(subject.id);
        return reply({ caller, params: { id: subject.id } });
      },
      replay: reply,
    },
  });
};
