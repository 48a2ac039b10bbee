import { readFileSync } from 'node:fs';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { createBatch, type Batch, type BatchCall, type Taken, type Write } from './batch.ts';
import { InvalidConnectionString, parseConnectionString, type ConnectionString } from './connection-string.ts';
import {
  collect,
  openRead,
  type Caller,
  type Collected,
  type Listener,
  type ReadCall,
  type Reading,
} from './read-call.ts';
import type { JsonObject } from '../port.ts';

const { StreamsClient } = services;

const readObject = (json: Buffer): JsonObject => JSON.parse(json.toString()) as JsonObject; // what `toProposed` wrote

/** A node that does not answer a question about the cluster is passed over this soon. Seconds. */
const GOSSIP_TIMEOUT_S = 2;

/** An append beyond this gets a call of its own, so that a message that the server cannot read takes no others with it. */
const MOST_IN_BATCH = 256 * 1024;

const sizeOf = ({ events }: Write): number =>
  events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);

type Following = Pick<Listener, 'onMessage'> & { readonly onOpen: (call: ReadCall) => void };

/**
 * Connects lazily: nothing is sent before the first call. The client's own batches are never used: a lost reply leaves an
 * append pending for ever, the failure of one batch call rejects the appends of every client of the process, and a failed
 * probe for its support is remembered until the client is replaced. Answering the probe ourselves spares all three; the
 * client package is pinned, and a test watches which calls arrive.
 */
export class Client extends EventStoreDBClient {
  protected override supports = (): Promise<boolean> => Promise.resolve(false);

  /** Batch calls by connection: the client forgets one, and then reconnects where it must, as soon as it has ended. */
  readonly #calls = new WeakMap<InstanceType<typeof StreamsClient>, BatchCall>();
  readonly #batches = new WeakMap<BatchCall, Batch>();

  readonly #openBatch = (client: InstanceType<typeof StreamsClient>): BatchCall => {
    const call = client.batchAppend(...this.callArguments({ requiresLeader: true }, { deadline: Infinity }));
    this.#batches.set(call, createBatch(call));
    return call;
  };

  readonly #appendInBatch = async (write: Write): Promise<Taken> => {
    const call = await this.GRPCStreamCreator(StreamsClient, 'batchAppend', this.#openBatch, this.#calls)();
    const batch = this.#batches.get(call);
    if (batch === undefined) throw new Error('every batch call was opened here');
    return batch.append(write);
  };

  readonly #appendAlone = async ({ stream, events, expected }: Write, limitMs: number): Promise<Taken> => {
    const proposed = events.map(({ id, type, data, metadata }) =>
      jsonEvent({ id, type, data: readObject(data), metadata: readObject(metadata) }),
    );
    const options = { expectedRevision: expected, deadline: limitMs, requiresLeader: true };
    const { nextExpectedRevision: revision, position } = await this.appendToStream(stream, proposed, options);
    return { revision, commit: position?.commit };
  };

  /** Writes, on the leader only. Without an answer it may stay open beyond the limit. */
  readonly write = (write: Write, limitMs: number): Promise<Taken> =>
    sizeOf(write) <= MOST_IN_BATCH ? this.#appendInBatch(write) : this.#appendAlone(write, limitMs);

  readonly #caller = ((): Caller => {
    const [metadata, { credentials }] = this.callArguments({ requiresLeader: true });
    return { metadata, credentials };
  })();

  /** Reads, as the leader has it. */
  readonly collect = (request: ReadReq, reading: Reading): Promise<Collected> =>
    this.execute(StreamsClient, 'read', (client) =>
      collect((listener) => openRead(client.getChannel(), this.#caller, request, listener), reading),
    );

  /** A read that goes on until it is cancelled, fails or is ended by the server. */
  readonly follow = (request: ReadReq, { onOpen, onMessage }: Following): Promise<void> =>
    this.execute(
      StreamsClient,
      'follow',
      (client) =>
        new Promise<void>((resolve, reject) => {
          const onEnd = (failure?: Error): void => (failure === undefined ? resolve() : reject(failure));
          onOpen(openRead(client.getChannel(), this.#caller, request, { onMessage, onEnd }));
        }),
    );

  /** Ends every call, and the connection: by itself the client would leave that open. */
  readonly end = async (): Promise<void> => {
    await this.dispose();
    const channel = await this.getChannel();
    channel.close();
  };
}

const readFile = (option: string, path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    throw new InvalidConnectionString(`names a ${option} file that cannot be read`);
  }
};

const tlsOf = ({ tls = true, tlsCAFile, userCertFile, userKeyFile }: ConnectionString['options']) => ({
  insecure: !tls,
  ...(tls && tlsCAFile !== undefined ? { rootCertificate: readFile('tlsCAFile', tlsCAFile) } : {}),
  ...(userCertFile === undefined ? {} : { userCertFile: readFile('userCertFile', userCertFile) }),
  ...(userKeyFile === undefined ? {} : { userKeyFile: readFile('userKeyFile', userKeyFile) }),
});

const KEEP_ALIVE_MS = 10_000;

/**
 * `generation`: clients of different ones share no connection. gRPC gives all channels of one target and equal options the
 * same connection, which would be the one that is given up: so one option differs, by a millisecond.
 * @throws InvalidConnectionString
 */
export const connectClient = (url: string, generation = 0): Client => {
  const { isDiscovered, hosts, user, options } = parseConnectionString(url);
  const { tls: _tls, tlsCAFile: _ca, userCertFile: _cert, userKeyFile: _key, ...settings } = options;
  const security = tlsOf(options);
  const { keepAliveTimeout = KEEP_ALIVE_MS } = settings;
  const single = {
    ...settings,
    keepAliveTimeout: keepAliveTimeout < 0 ? keepAliveTimeout : keepAliveTimeout + generation,
  };
  const clustered = { gossipTimeout: GOSSIP_TIMEOUT_S, ...single };
  const [host, ...others] = hosts;
  if (isDiscovered) return new Client({ discover: host, ...clustered }, security, user);
  if (others.length > 0) return new Client({ endpoints: [...hosts], ...clustered }, security, user);
  return new Client({ endpoint: host, ...single }, security, user);
};
