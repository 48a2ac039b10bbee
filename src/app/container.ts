import type { Knex } from 'knex';
import { createHandle, createLoadPast, createReadStream, type Handle, type ReadStream } from '../commands/index.ts';
import type { Config } from '../config/index.ts';
import { createCodec, isOwnEvent, type Codec } from '../event-store/codec.ts';
import type { EventStore } from '../event-store/port.ts';
import { openPostgresEventStore } from '../event-store/postgres/index.ts';
import { openSnapshots } from '../event-store/postgres/snapshots.ts';
import { hashOfCode } from '../platform/code-hash.ts';
import { openDataKeys, type DataKeys } from '../platform/data-keys.ts';
import { openDatabase } from '../platform/database.ts';
import type { Lease } from '../platform/lease.ts';
import type { Logger } from '../platform/logging.ts';
import { createSilence, type Silence } from '../platform/silence.ts';
import { demandMasterKey } from '../platform/master-key.ts';

/** The parts from which every feature is composed: the database, the log, and the keys of sealed data in both. */
export type Container = {
  readonly db: Knex;
  readonly store: EventStore;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** The one before, during a rotation. */
  readonly previousMasterKey?: Uint8Array | undefined;
  readonly dataKeys: DataKeys;
  readonly codec: Codec;
  readonly handle: Handle;
  readonly readStream: ReadStream;
  /**
   * How many events of other applications this process has passed over in the log. Undefined: the log has no others.
   */
  readonly foreignEvents?: () => number;
};

/** The code that makes a state from stored events: a snapshot by other code is none. */
const FOLDING = ['../domain', '../event-store'].map((folder) => new URL(folder, import.meta.url));

export const createContainer = (
  opened: Pick<Container, 'db' | 'store' | 'masterKey' | 'previousMasterKey' | 'foreignEvents'>,
): Container => {
  const { db, store, masterKey, previousMasterKey } = opened;
  const dataKeys = openDataKeys({ db, masterKey, previousMasterKey });
  const codec = createCodec(dataKeys);
  const snapshots = openSnapshots({ db, keys: dataKeys, codeHash: () => hashOfCode(FOLDING) });
  const loading = { store, codec, loadPast: createLoadPast({ store, codec, snapshots }) };
  return { ...opened, dataKeys, codec, handle: createHandle(loading), readStream: createReadStream(loading) };
};

export type OpenContainer = Container & {
  /** Closes the store and the database. */
  readonly close: () => Promise<void>;
};

/** The event store that the configuration names. The client of EventStoreDB is loaded only when it is used. */
const openStore = async (
  { eventStoreUrl, eventStorePrefix }: Config,
  databaseUrl: string,
  { log, silence }: { readonly log: Logger; readonly silence: Silence },
): Promise<Pick<Container, 'store' | 'foreignEvents'>> => {
  if (eventStoreUrl === undefined) return { store: openPostgresEventStore({ url: databaseUrl, silence }) };
  const { openEventStoreDb } = await import('../event-store/eventstoredb/index.ts');
  let foreign = 0;
  const store = openEventStoreDb({
    url: eventStoreUrl,
    prefix: eventStorePrefix,
    isOwn: isOwnEvent,
    onForeign: (event) => {
      foreign += 1;
      if (foreign === 1) log.warn(event, 'skipped an event of another application; further ones are only counted');
    },
    onDropped: (reason) => log.warn({ err: reason }, 'lost a subscription; resuming it'),
  });
  return { store, foreignEvents: () => foreign };
};

export type ContainerOptions = {
  readonly applicationName: string;
  readonly log: Logger;
  /** How long a statement may take. Default: as long as a job may. */
  readonly answerWithinMs?: number;
  /** What this process holds. When it has run out, nothing is written any more. */
  readonly lease?: Lease;
};

/** A process that was frozen and wakes up appends nothing: others have taken its work. */
const appendingUnder = (store: EventStore, { demand }: Lease): EventStore => ({
  ...store,
  append: async (...args) => {
    demand();
    return store.append(...args);
  },
});

/** Opens the log and the database for one process. @throws WrongMasterKey before anything is sealed with that key */
export const openContainer = async (
  config: Config,
  databaseUrl: string,
  { applicationName, log, answerWithinMs, lease }: ContainerOptions,
): Promise<OpenContainer> => {
  const silence = createSilence();
  const db = openDatabase({
    url: databaseUrl,
    applicationName,
    silence,
    ...(lease !== undefined && { mayAsk: lease.demand }),
    ...(answerWithinMs !== undefined && { answerWithinMs }),
  });
  const { masterKey, previousMasterKey } = config.secrets;
  await demandMasterKey({ db, masterKey, previousMasterKey }).catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
  const { store, ...found } = await openStore(config, databaseUrl, { log, silence });
  const opened = { ...found, store: lease === undefined ? store : appendingUnder(store, lease) };
  return {
    ...createContainer({ db, ...opened, masterKey, previousMasterKey }),
    close: async () => {
      await opened.store.close();
      await db.destroy();
    },
  };
};
