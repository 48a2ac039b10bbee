import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
export type Reaction = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

export type Receiver = {
  readonly url: string;
  /** What arrived, in the order in which it arrived. */
  readonly received: Received[];
  /** What is answered from now on; `hang`: nothing, ever. */
  readonly react: (reaction: Receiver['reaction']) => void;
  reaction: (request: Received) => Reaction | 'hang' | Promise<Reaction>;
  readonly stop: () => Promise<void>;
};

/** A subscriber's endpoint on loopback that keeps each request as it came. Answers 204 until told otherwise. */
export const startReceiver = async (): Promise<Receiver> => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const one = { path: request.url ?? '/', headers: request.headers, body };
      received.push(one);
      const reaction = await receiver.reaction(one);
      if (reaction !== 'hang') response.writeHead(reaction.status, reaction.headers).end(reaction.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    reaction: () => ({ status: 204 }),
    react: (reaction) => {
      receiver.reaction = reaction;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
};
