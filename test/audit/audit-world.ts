import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { readProgress, type Progress } from '../../src/audit/log-tree.ts';
import { recordLog, type RecordLogDeps } from '../../src/audit/record-log.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { openEventLog, type EventLog } from '../support/event-log.ts';
import { eventually } from '../support/eventually.ts';
import { confirmed, started } from '../support/order-events.ts';
import { orderPlaced } from '../support/orders.ts';

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Runs the recorder; stop it before the store is closed. */
export const startRecorder = (deps: Pick<RecordLogDeps, 'db' | 'store'> & Partial<RecordLogDeps>) => {
  const stopping = new AbortController();
  const ended = recordLog({ numbering: 'positions', log: silent, pauseMs: 10, ...deps }, stopping.signal);
  return {
    stop: async (): Promise<void> => {
      stopping.abort();
      await ended;
    },
  };
};

/** Records until so much is recorded, or until the recorder says why not. */
export const recordUntil = async (
  deps: Pick<RecordLogDeps, 'db' | 'store'> & Partial<RecordLogDeps>,
  isEnough: (progress: Progress) => boolean,
): Promise<Progress> => {
  const recorder = startRecorder(deps);
  try {
    return await eventually('the log is recorded', async () => {
      const progress = await readProgress(deps.db);
      return isEnough(progress) ? progress : undefined;
    });
  } finally {
    await recorder.stop();
  }
};

export const recordAll = async ({
  db,
  store,
}: {
  readonly db: Knex;
  readonly store: EventStore;
}): Promise<Progress> => {
  const head = await store.head();
  return recordUntil({ db, store }, ({ position }) => position >= head);
};

/** Orders of three events each, and their streams. */
export const placeOrders = async (log: EventLog, count: number): Promise<readonly string[]> => {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids) {
    await log.append(id, [orderPlaced()]);
    await log.append(id, [confirmed, started]);
  }
  return ids.map((id) => `order-${id}`);
};

/** What someone does who owns the database: the trigger does not stop the owner. */
export const tamper = (db: Knex, change: (transaction: Knex.Transaction) => Promise<unknown>): Promise<void> =>
  db.transaction(async (transaction) => {
    await transaction.raw('alter table events disable trigger events_are_immutable');
    await change(transaction);
    await transaction.raw('alter table events enable trigger events_are_immutable');
  });

/** A log in PostgreSQL with real events. Close it in `suite.after`. */
export const openAuditWorld = async () => {
  const database = await openTestDatabase();
  const store = openPostgresEventStore({ url: database.url });
  return {
    db: database.db,
    url: database.url,
    store,
    log: openEventLog(store),
    close: async (): Promise<void> => {
      await store.close();
      await database.close();
    },
  };
};

export type AuditWorld = Awaited<ReturnType<typeof openAuditWorld>>;
