import type { Knex } from 'knex';
import { createHandle, createLoadPast, createReadStream, type Handle, type ReadStream } from '../commands/index.ts';
import type { Config } from '../config/index.ts';
import { createCodec, isOwnEvent, type Codec } from '../event-store/codec.ts';
import type { EventStore } from '../event-store/port.ts';
import { openPostgresEventStore } from '../event-store/postgres/index.ts';
import { openSnapshots } from '../event-store/postgres/snapshots.ts';
import { hashOfCode } from '../platform/code-hash.ts';
import { openDataKeys, type DataKeys, type DroppedKey } from '../platform/data-keys.ts';
import { openDatabase } from '../platform/database.ts';
import { createInFlight, type InFlight } from '../platform/in-flight.ts';
import { holdKeys, type KeyHolder } from '../platform/key-drops.ts';
import type { Lease } from '../platform/lease.ts';
import type { Logger } from '../platform/logging.ts';
import { createSilence, type Silence } from '../platform/silence.ts';
import { demandMasterKey } from '../platform/master-key.ts';
import { forgetNames } from '../projections/engine/index.ts';
import { forgetTexts } from '../projections/order-search/index.ts';

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
  /** Work with keys and opened personal data that an erasure waits for. */
  readonly keyUse: InFlight;
  /** Forgets keys that were dropped, and everything in clear that was kept in memory. Waits for the work that uses it. */
  readonly forgetPersonal: (dropped?: readonly DroppedKey[]) => Promise<void>;
  /**
   * How many events of other applications this process has passed over in the log. Undefined: the log has no others.
   */
  readonly foreignEvents?: () => number;
};

export const createContainer = (
  opened: Pick<Container, 'db' | 'store' | 'masterKey' | 'previousMasterKey' | 'foreignEvents'>,
  isCurrent: () => boolean = () => true,
): Container => {
  const { db, store, masterKey, previousMasterKey } = opened;
  const dataKeys = openDataKeys({ db, masterKey, previousMasterKey, isCurrent });
  const codec = createCodec(dataKeys);
  const snapshots = openSnapshots({ db, keys: dataKeys, codeHash: hashOfCode });
  const loading = { store, codec, loadPast: createLoadPast({ store, codec, snapshots }) };
  const keyUse = createInFlight();
  const handle = createHandle(loading);
  return {
    ...opened,
    dataKeys,
    codec,
    handle: (decider, request) => keyUse.during(() => handle(decider, request)),
    readStream: createReadStream(loading),
    keyUse,
    forgetPersonal: async (dropped) => {
      const forget = (): void => {
        dataKeys.forget(dropped);
        codec.forgetWords();
        forgetNames();
        forgetTexts();
      };
      forget();
      await keyUse.settled();
      forget(); // what was in progress may have remembered something
    },
  };
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
  /** Deletes what this process keeps elsewhere, such as files, of keys that were dropped. Default: nothing. */
  readonly onDropped?: (dropped: readonly DroppedKey[] | undefined) => Promise<void>;
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
  { applicationName, log, answerWithinMs, lease, onDropped }: ContainerOptions,
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
  const held: { holder?: KeyHolder } = {};
  const container = createContainer(
    { db, ...opened, masterKey, previousMasterKey },
    () => held.holder?.isCurrent() ?? true,
  );
  held.holder = await holdKeys({
    db,
    url: databaseUrl,
    name: applicationName,
    onDropped: async (dropped) => {
      await container.forgetPersonal(dropped);
      await onDropped?.(dropped);
    },
    onError: (error) => log.warn({ err: error }, 'cannot hear of dropped keys; keys in memory are not used meanwhile'),
  });
  const { stop } = held.holder;
  return {
    ...container,
    close: async () => {
      await stop().catch(() => undefined); // the database is away: the row counts as dead
      await opened.store.close();
      await db.destroy();
    },
  };
};
