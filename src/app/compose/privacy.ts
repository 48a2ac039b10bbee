import type { Knex } from 'knex';
import type { StoredEvent } from '../../event-store/port.ts';
import { countMessageFiles, deleteMessageFiles } from '../../notifications/index.ts';
import {
  certify,
  endBooks,
  enqueueErasures,
  keepErased,
  openBusinessIn,
  openErasures,
  planOf,
  surveyCustomer,
  type BooksPolicy,
  type CertifyDeps,
  type EraseDeps,
} from '../../privacy/index.ts';
import { rebuildProjectionTask } from '../../processes/upkeep.ts';
import { enqueueJobs } from '../../jobs/queue.ts';
import { sleep } from '../../platform/backoff.ts';
import {
  dropCopy,
  hasCopy,
  openRebuildRuns,
  RebuildInProgress,
  withRebuildLock,
  type DayOf,
} from '../../projections/engine/index.ts';
import { cancelRebuild } from '../../projections/maintenance/index.ts';
import { orderSearch, tidySearchWords } from '../../projections/order-search/index.ts';
import { repairProjection } from '../../projections/self-check/index.ts';
import type { ResourceDeps } from '../../http/api.ts';
import type { Container } from '../container.ts';

export type ErasingSettings = {
  readonly books: BooksPolicy;
  /** Where messages are files, while there is no mail server. */
  readonly mailFolder: string;
  readonly dayOf: DayOf;
};

type Searching = Pick<Container, 'db' | 'store' | 'codec'> & { readonly dayOf: DayOf };

const FREE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** A rebuild that was cancelled ends at its next batch, and another erasure takes a moment. @throws RebuildInProgress */
const whenFree = async <T>(work: () => Promise<T>): Promise<T> => {
  const until = performance.now() + FREE_WITHIN_MS;
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RebuildInProgress) || performance.now() > until) throw error;
      await sleep(LOOK_EVERY_MS);
    }
};

const dropKept = async (db: Knex): Promise<void> => {
  if (!(await hasCopy(db, orderSearch, 'kept'))) return;
  await whenFree(() => withRebuildLock(db, { name: orderSearch.name }, () => dropCopy(db, orderSearch, 'kept')));
};

/**
 * Copies of the search have words of the person, and one could be put in place afterwards: what was replaced is dropped,
 * and a rebuild, which has them in memory or in its rows, begins again.
 */
const dropCopies = (db: Knex) => async (): Promise<void> => {
  const run = await openRebuildRuns(db).find(orderSearch.name);
  const isRebuilt = run !== undefined && (run.state === 'building' || run.state === 'ready');
  if (isRebuilt) await cancelRebuild(orderSearch, { db });
  await dropKept(db);
  if (isRebuilt) await enqueueJobs(db, [rebuildProjectionTask.job({ name: orderSearch.name, swap: run.swaps })]);
};

/** While a rebuild goes on its rows have words, too: those that no order has any more go with the next run of the clock. */
const tidyWords = (db: Knex): Promise<void> =>
  whenFree(() => tidySearchWords(db)).catch((error: unknown) => {
    if (!(error instanceof RebuildInProgress)) throw error;
  });

/** Folds the search rows of these orders again. */
const searchAgain =
  ({ db, ...deps }: Searching) =>
  async (orderIds: readonly string[]): Promise<void> => {
    for (const id of orderIds) await repairProjection(orderSearch, { db, ...deps }, { key: id });
    await tidyWords(db);
  };

const idsOf = (events: readonly StoredEvent[]): readonly string[] => events.map(({ id }) => id);

/** What erasures are carried out with. */
export const erasingWith = (
  { db, store, codec, handle, readStream, forgetPersonal }: Container,
  { books, mailFolder, dayOf }: ErasingSettings,
): EraseDeps => ({
  db,
  store,
  handle,
  readStream,
  erasures: openErasures(db),
  books,
  forgetPersonal,
  countFiles: (events) => countMessageFiles(mailFolder, idsOf(events)),
  deleteFiles: (events) => deleteMessageFiles(mailFolder, idsOf(events)),
  dropCopies: dropCopies(db),
  searchAgain: searchAgain({ db, store, codec, dayOf }),
});

/** Keeps erased what was erased, and destroys documents that need to be kept no longer. */
export const keepingErased =
  (
    { db, store, handle, forgetPersonal }: Container,
    { books, dayOf }: Pick<ErasingSettings, 'books' | 'dayOf'>,
  ): (() => Promise<void>) =>
  async () => {
    await keepErased({ db, store, forgetPersonal });
    await endBooks({ db, store, handle, forgetPersonal, dayOf, retentionYears: books.retentionYears });
  };

export type PrivacySettings = {
  readonly books: BooksPolicy;
  /** Certificates are signed with. */
  readonly log?: Pick<CertifyDeps, 'keys' | 'origin'>;
};

/** What the API needs to take requests for erasure. */
export const erasingResources = (
  { db, store, readStream, masterKey }: Pick<Container, 'db' | 'store' | 'readStream' | 'masterKey'>,
  { books, log }: PrivacySettings,
): Omit<ResourceDeps['privacy'], 'access'> => {
  const erasures = openErasures(db);
  return {
    survey: async (customer_id) => {
      const survey = await surveyCustomer({ db, store, readStream }, customer_id);
      const plan = await planOf(db, customer_id, books);
      const { orders, streams } = survey;
      const isKnown = streams.length > 0 || plan.destroyed.length + plan.restricted.length > 0;
      if (!isKnown) return undefined;
      const open_business = await openBusinessIn({ readStream }, survey);
      return { orders: orders.map(({ id }) => id), streams, plan, open_business };
    },
    erase: async (erasure) => {
      const found = await erasures.begin(erasure, (sql) => enqueueErasures(sql, [erasure.id]));
      if (found.state !== 'waiting' || erasure.mode !== 'now') return found;
      // Nothing is open any more, or this would not have been asked for.
      return (await erasures.takeUp(found.id, (sql) => enqueueErasures(sql, [found.id]))) ?? found;
    },
    find: erasures.find,
    certify: (erasure) => certify({ db, masterKey, keys: log?.keys, origin: log?.origin }, erasure),
  };
};
