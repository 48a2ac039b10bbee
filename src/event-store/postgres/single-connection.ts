import { Client, type ClientConfig, type QueryArrayConfig, type QueryArrayResult } from 'pg';
import type { Silence } from '../../platform/silence.ts';
import { StoreUnavailable } from '../port.ts';
import { isLostConnection } from './failure.ts';

export type SingleConnectionOptions = {
  readonly config: ClientConfig;
  /** A query that takes longer fails, and its connection is closed. Milliseconds. */
  readonly timeoutMs: number;
  readonly silence: Silence;
  /** Runs on every new connection before anything else. */
  readonly prepare?: (client: Client) => Promise<void>;
  /** Called when a connection was lost, or could not be made. */
  readonly onLost?: () => void;
};

/** One connection, made when it is needed and made again after it was lost. One query at a time; none is sent twice. */
export type SingleConnection = {
  readonly query: (query: QueryArrayConfig) => Promise<QueryArrayResult<unknown[]>>;
  readonly connect: () => Promise<Client>;
  readonly close: () => Promise<void>;
};

const within = <T>(timeoutMs: number, answer: Promise<T>, giveUp: () => void): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp();
      reject(new StoreUnavailable(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });

const disconnect = (client: Client): void => {
  client.end().catch(() => undefined);
};

export const openSingleConnection = ({
  config,
  timeoutMs,
  silence,
  prepare,
  onLost,
}: SingleConnectionOptions): SingleConnection => {
  let current: { readonly client: Promise<Client>; readonly openedAt: number; readonly lose: () => void } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const open = async (lose: () => void): Promise<Client> => {
    const client = new Client({ connectionTimeoutMillis: timeoutMs, ...config });
    client.on('error', lose);
    client.on('end', lose);
    try {
      await client.connect();
      await prepare?.(client);
      return client;
    } catch (error) {
      disconnect(client);
      throw error;
    }
  };

  /** The present connection, or a new one. Never one that another query has closed meanwhile. */
  const take = () => {
    if (closed) throw new StoreUnavailable('it has been closed');
    const lose = (): void => {
      if (current?.lose !== lose) return;
      current = undefined;
      if (!closed) onLost?.();
    };
    current ??= { lose, client: open(lose), openedAt: performance.now() };
    return current;
  };

  const connect = async (): Promise<Client> => {
    const { client, lose } = take();
    try {
      return await client;
    } catch (error) {
      lose();
      throw error;
    }
  };

  const ask = async (query: QueryArrayConfig): Promise<QueryArrayResult<unknown[]>> => {
    const client = await connect();
    const lose = current?.lose;
    const askedAt = performance.now();
    const giveUp = (): void => {
      lose?.();
      disconnect(client);
    };
    const fallSilent = (): void => {
      giveUp();
      silence.notice(askedAt);
    };
    try {
      return await within(timeoutMs, client.query<unknown[]>(query), fallSilent);
    } catch (error) {
      if (isLostConnection(error)) giveUp();
      throw error;
    }
  };

  silence.onNotice((askedAt) => {
    if (current === undefined || current.openedAt > askedAt) return;
    const { client, lose } = current;
    lose();
    client.then(disconnect, () => undefined);
  });

  return {
    connect,
    query: (query) => {
      const answer = last.then(() => ask(query));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: async () => {
      closed = true;
      const client = await current?.client.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
};
