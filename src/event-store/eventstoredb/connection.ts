import type { Client } from './client.ts';

/** One client, and whether it has been given up. */
export type Connected = {
  readonly client: Client;
  /** Aborted once another client has taken its place. */
  readonly replaced: AbortSignal;
};

export type Connection = {
  /** The client to use for the next call. */
  readonly current: () => Connected;
  /**
   * Gives a client up that did not answer in time: a frozen server, or a connection that was lost without a word, is
   * noticed by the client only after 20 s. Calls in progress may end meanwhile.
   */
  readonly replace: (slow: Connected) => void;
  readonly close: () => Promise<void>;
};

const ignore = (): void => undefined;

/** The client in use. Calls on one that was replaced get `retireMs` to end. */
export const createConnection = (connect: (generation: number) => Client, retireMs: number): Connection => {
  let generation = 0;
  const retiring = new Map<Client, NodeJS.Timeout>();

  const open = (): Connected & { readonly giveUp: () => void } => {
    const over = new AbortController();
    return { client: connect(generation++), replaced: over.signal, giveUp: () => over.abort() };
  };
  let current = open();

  const retire = async (client: Client): Promise<void> => {
    clearTimeout(retiring.get(client));
    retiring.delete(client);
    await client.end().catch(ignore);
  };

  return {
    current: () => current,
    replace: ({ client }) => {
      if (client !== current.client) return;
      const { giveUp } = current;
      current = open();
      retiring.set(
        client,
        setTimeout(() => void retire(client), retireMs),
      );
      giveUp();
    },
    close: async () => {
      // They were given up because they do not answer: that is not waited for.
      for (const client of retiring.keys()) void retire(client);
      await current.client.dispose();
    },
  };
};
