import type { Knex } from 'knex';
import type { Config } from '../config/index.ts';
import { createCore, type Core } from './core.ts';
import type { EventStore } from '../event-store/port.ts';
import { openPostgresEventStore } from '../event-store/postgres/index.ts';
import { businessYearIn } from '../platform/business-calendar.ts';
import type { Logger } from '../platform/logging.ts';
import { openDatabase } from '../platform/database.ts';
import { createDrawNumber, type DrawNumber } from '../projections/numbers/numbers.ts';

export type OpenCore = Core & {
  /** Closes the store and the database. */
  readonly close: () => Promise<void>;
};

/** The event store that the configuration names. The client of EventStoreDB is loaded only when it is used. */
const openStore = async ({ eventStoreUrl }: Config, databaseUrl: string, log: Logger): Promise<EventStore> => {
  if (eventStoreUrl === undefined) return openPostgresEventStore({ url: databaseUrl });
  const { openEventStoreDb } = await import('../event-store/eventstoredb/index.ts');
  return openEventStoreDb({
    url: eventStoreUrl,
    onDropped: (reason) => log.warn({ err: reason }, 'a subscription was lost and is resumed'),
  });
};

const numbersOf = ({ businessTimeZone, numberPrefixes }: Config, draw: DrawNumber) => {
  const yearOf = businessYearIn(businessTimeZone);
  return (kind: 'order' | 'return' | 'payment', at: string, id: string): Promise<string> =>
    draw({ kind, id, year: yearOf(at), prefix: numberPrefixes[kind] });
};

const assemble = (config: Config, db: Knex, store: EventStore): Core =>
  createCore({
    db,
    store,
    masterKey: config.secrets.masterKey,
    drawNumber: numbersOf(
      config,
      createDrawNumber(db, { logIs: config.eventStoreUrl === undefined ? 'beside' : 'elsewhere' }),
    ),
    settings: {
      policy: config.orders.policy,
      taxRate: config.orders.taxRate,
      shippingFee: config.orders.shippingFee,
      businessTimeZone: config.businessTimeZone,
      documentPrefixes: config.numberPrefixes,
    },
  });

/** Opens the log and the database for one process. */
export const openCore = async (
  config: Config,
  databaseUrl: string,
  { applicationName, log }: { readonly applicationName: string; readonly log: Logger },
): Promise<OpenCore> => {
  const db = openDatabase({ url: databaseUrl, applicationName });
  const store = await openStore(config, databaseUrl, log);
  return {
    ...assemble(config, db, store),
    close: async () => {
      await store.close();
      await db.destroy();
    },
  };
};
