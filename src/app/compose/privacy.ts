import type { Knex } from 'knex';
import { deleteMessageFiles } from '../../notifications/index.ts';
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
import { openRebuildRuns, dropCopy, hasCopy, withRebuildLock, type DayOf } from '../../projections/engine/index.ts';
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

/** A rebuild in progress has words of the person in memory, and one that is ready in its rows: it begins again. */
const rebuildAgain = async (db: Knex): Promise<void> => {
  const run = await openRebuildRuns(db).find(orderSearch.name);
  if (run === undefined || (run.state !== 'building' && run.state !== 'ready')) return;
  await cancelRebuild(orderSearch, { db });
  await enqueueJobs(db, [rebuildProjectionTask.job({ name: orderSearch.name, swap: run.swaps })]);
};

const dropKept = async (db: Knex): Promise<void> => {
  if (!(await hasCopy(db, orderSearch, 'kept'))) return;
  await withRebuildLock(db, { name: orderSearch.name }, () => dropCopy(db, orderSearch, 'kept'));
};

/** Folds the search rows of these orders again. Copies of the read model go first: one could be put in place afterwards. */
const searchAgain =
  ({ db, ...deps }: Searching) =>
  async (orderIds: readonly string[]): Promise<void> => {
    await rebuildAgain(db);
    await dropKept(db);
    for (const id of orderIds) await repairProjection(orderSearch, { db, ...deps }, id);
    await tidySearchWords(db);
  };

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
  deleteFiles: (events) =>
    deleteMessageFiles(
      mailFolder,
      events.map(({ id }) => id),
    ),
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
    erase: (erasure) => erasures.begin(erasure, (sql) => enqueueErasures(sql, [erasure.id])),
    find: erasures.find,
    certify: (erasure) => certify({ db, masterKey, keys: log?.keys, origin: log?.origin }, erasure),
  };
};
