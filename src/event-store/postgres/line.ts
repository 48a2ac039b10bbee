import { Client, type ClientConfig, type QueryArrayConfig, type QueryArrayResult } from 'pg';
import { StoreUnavailable } from '../port.ts';
import { isLostConnection } from './failure.ts';

export type LineOptions = {
  readonly config: ClientConfig;
  /** A query that has no answer by then is given up together with the connection. Milliseconds. */
  readonly timeoutMs: number;
  /** Runs on every new connection before anything else. */
  readonly prepare?: (client: Client) => Promise<void>;
  readonly onLost?: () => void;
};

/** One connection, made when it is needed and made again after it was lost. Nothing is sent twice. */
export type Line = {
  readonly query: (query: QueryArrayConfig) => Promise<QueryArrayResult<unknown[]>>;
  readonly connect: () => Promise<Client>;
  readonly close: () => Promise<void>;
};

const within = async <T>(timeoutMs: number, answer: Promise<T>, giveUp: () => void): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp();
      reject(new StoreUnavailable(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

export const openLine = ({ config, timeoutMs, prepare, onLost }: LineOptions): Line => {
  let current: Promise<Client> | undefined;
  let closed = false;

  const open = async (): Promise<Client> => {
    const client = new Client({ connectionTimeoutMillis: timeoutMs, ...config });
    const forget = (): void => {
      if (current !== opening) return;
      current = undefined;
      if (!closed) onLost?.();
    };
    const opening = current;
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
      await prepare?.(client);
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  };

  const connect = async (): Promise<Client> => {
    if (closed) throw new StoreUnavailable('it has been closed');
    if (current === undefined) {
      const opening = Promise.resolve().then(open);
      current = opening;
      opening.catch(() => {
        if (current === opening) current = undefined;
      });
    }
    return current;
  };

  return {
    connect,
    query: async (query) => {
      const client = await connect();
      const own = current;
      const giveUp = (): void => {
        if (current === own) current = undefined;
        void client.end().catch(() => undefined);
      };
      try {
        return await within(timeoutMs, client.query<unknown[]>(query), giveUp);
      } catch (error) {
        if (isLostConnection(error)) giveUp();
        throw error;
      }
    },
    close: async () => {
      closed = true;
      const client = await current?.catch(() => undefined);
      current = undefined;
      await client?.end().catch(() => undefined);
    },
  };
};
