import type { Knex } from 'knex';
import { handleOrThrow, type Handle, type ReadStream } from '../commands/index.ts';
import { auditDecider, booksEndOn, type EraseSubject } from '../domain/audit/index.ts';
import type { Actor } from '../domain/shared/decider.ts';
import type { EventStore, JsonValue, StoredEvent } from '../event-store/port.ts';
import { auditStream } from '../event-store/stream-names.ts';
import { sleep } from '../platform/backoff.ts';
import { demandKeys, type DroppedKey } from '../platform/data-keys.ts';
import { behindOnDrop, dropKeys } from '../platform/key-drops.ts';
import { clearPersonalRows } from './clear-rows.ts';
import type { ErasedKey, Erasure, ErasureStep, Erasures, Kept, LookedAgain, StepResults } from './erasures.ts';
import { openBusinessIn, surveyCustomer, type Survey } from './survey.ts';

export type EraseDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'head' | 'readStream'>;
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly erasures: Erasures;
  /** Default: the system's clock. */
  readonly nowIs?: () => Date;
  readonly books: BooksPolicy;
  /** Forgets dropped keys in this process. */
  readonly forgetPersonal: (dropped: readonly DroppedKey[]) => Promise<void>;
  /** How many messages to a customer are files. */
  readonly countFiles: (events: readonly StoredEvent[]) => Promise<number>;
  /** Deletes the messages to a customer that are files, and answers how many there were. */
  readonly deleteFiles: (events: readonly StoredEvent[]) => Promise<number>;
  /** Drops copies of the search that have words of people. */
  readonly dropCopies: () => Promise<void>;
  /** Folds the rows of the search again, now that nothing personal of these orders can be opened. */
  readonly searchAgain: (orderIds: readonly string[]) => Promise<void>;
};

/** How long documents of erased customers are kept. */
export type BooksPolicy = {
  readonly retentionYears: number;
  /** `now`: an erasure destroys documents too. */
  readonly eraseDocuments: 'after_retention' | 'now';
};

/** A process that lives acts on a drop within a beat; one that is dead counts as such after the lease. */
const ACKNOWLEDGED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Some process goes on with old keys: this is tried again. */
export class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged';
}

type KeyRow = {
  readonly id: string;
  readonly subject: string;
  readonly master_id: string | null;
  readonly books_year: number | null;
};

const toErased = ({ id, subject, master_id }: KeyRow): ErasedKey => ({ key_id: id, subject, master_id });

const FIRST_YEAR = 2000;
const YEARS = 200;

/** What the keys of a customer's documents may be called, one for each year. */
export const booksSubjectsOf = (customer_id: string): string[] =>
  Array.from({ length: YEARS }, (_, n) => `books-${customer_id}-${FIRST_YEAR + n}`);

/** The keys of a customer: the one for life, and those of documents. `restricted`: also those of earlier lives. */
export const keysOfCustomer = async (
  db: Knex,
  customer_id: string,
): Promise<{
  readonly life: readonly KeyRow[];
  readonly books: readonly (KeyRow & { readonly documents: number })[];
}> => {
  const subjects = booksSubjectsOf(customer_id);
  // What a missing key sealed would come back with its row, after the customer was told that it is destroyed.
  await demandKeys(db, [`life-${customer_id}`, ...subjects]);
  const life = await db<KeyRow>('data_keys')
    .where({ subject: `life-${customer_id}` })
    .whereNotNull('wrapped')
    .select('id', 'subject', 'master_id', 'books_year');
  const { rows } = await db.raw<{ rows: readonly (KeyRow & { documents: number })[] }>(
    `select k.id, k.subject, k.master_id, k.books_year, count(f.document_id)::int as documents
     from data_keys k left join document_files f on f.key_id = k.id
     where k.subject = any(?) and k.wrapped is not null group by k.id order by k.books_year`,
    [subjects],
  );
  return { life, books: rows };
};

/** What an erasure now would destroy and keep. */
export const planOf = async (
  db: Knex,
  customer_id: string,
  { retentionYears, eraseDocuments }: BooksPolicy,
): Promise<StepResults['record']> => {
  const { life, books } = await keysOfCustomer(db, customer_id);
  if (eraseDocuments === 'now') return { destroyed: [...life, ...books].map(toErased), restricted: [], kept: [] };
  const kept = books.flatMap(({ books_year: year, documents }): readonly Kept[] =>
    year === null ? [] : [{ year, documents, until: booksEndOn(year, retentionYears) }],
  );
  return { destroyed: life.map(toErased), restricted: books.map(toErased), kept };
};

const envelopeKey = (personal: JsonValue | undefined): string | undefined =>
  typeof personal === 'object' && personal !== null && 'key' in personal && typeof personal['key'] === 'string'
    ? personal['key']
    : undefined;

/** The keys that seal an event. */
const keysOf = ({ data, metadata }: StoredEvent): readonly string[] =>
  [data['personal'], metadata['personal']].flatMap((personal) => envelopeKey(personal) ?? []);

/** Reads every event of the customer again. */
const lookAgain = async (
  { store }: Pick<EraseDeps, 'store'>,
  { streams }: Survey,
  { destroyed, at }: { readonly destroyed: ReadonlySet<string>; readonly at: string },
): Promise<LookedAgain> => {
  let [events, since] = [0, 0];
  const late: { stream: string; revision: string }[] = [];
  for (const stream of streams)
    for (const event of await store.readStream(stream)) {
      events += 1;
      const keys = keysOf(event);
      const recorded = event.metadata['recorded_at'];
      if (keys.some((key) => destroyed.has(key)) && typeof recorded === 'string' && recorded > at)
        late.push({ stream, revision: String(event.revision) });
      if (keys.some((key) => !destroyed.has(key))) since += 1;
    }
  return { streams: streams.length, events, late, since };
};

/** Records that a key is destroyed from here on, and by whose order. Repeating it records nothing more. */
const recordErased = (
  handle: Handle,
  { at, actor, ...data }: EraseSubject['data'] & { readonly at: string; readonly actor: Actor },
) => {
  const id = `SubjectErased/${data.key_id}`;
  return handleOrThrow(handle, auditDecider, {
    stream: auditStream(at.slice(0, 4)),
    command: { type: 'EraseSubject', data, at, by: actor },
    context: { command_id: id, correlation_id: id, causation_id: id, actor, at },
  });
};

/** Destroys and restricts keys, and tells every process to forget them; all or nothing. Answers the number of the drop. */
export const destroyKeys = async (
  sql: Knex,
  { destroyed, restricted }: Pick<StepResults['record'], 'destroyed' | 'restricted'>,
): Promise<bigint | undefined> => {
  const ids = (keys: readonly ErasedKey[]) => keys.map(({ key_id }) => key_id);
  await sql('data_keys')
    .whereIn('id', ids(destroyed))
    .whereNotNull('wrapped')
    .update({ wrapped: null, erased_at: sql.fn.now() });
  await sql('data_keys')
    .whereIn('id', ids(restricted))
    .whereNull('restricted_at')
    .update({ restricted_at: sql.fn.now() });
  return dropKeys(sql, [...destroyed, ...restricted]);
};

const waitForAcknowledgement = async (db: Knex, drop: string | null): Promise<number> => {
  const begun = performance.now();
  for (;;) {
    const behind = drop === null ? [] : await behindOnDrop(db, BigInt(drop));
    const waited_ms = Math.round(performance.now() - begun);
    if (behind.length === 0) return waited_ms;
    if (waited_ms > ACKNOWLEDGED_WITHIN_MS)
      throw new NotAcknowledged(`still holding old keys after ${waited_ms} ms: ${behind.join(', ')}`);
    await sleep(LOOK_EVERY_MS);
  }
};

/**
 * Does what is left of an erasure. Dying anywhere loses nothing: the row says which steps are done, and each can be done
 * twice.
 * @throws ReadModelsBehind, NotAcknowledged when it must be tried again
 */
export const eraseCustomer = async (deps: EraseDeps, id: string): Promise<Erasure> => {
  const { db, store, handle, erasures, books, nowIs = () => new Date() } = deps;
  const current = async (): Promise<Erasure> => {
    const found = await erasures.find(id);
    if (found === undefined) throw new Error(`there is no erasure ${id}`);
    return found;
  };
  /** Does a step unless it is done, and answers what it found. */
  const step = async <S extends ErasureStep>(
    name: S,
    work: (sql: Knex) => Promise<StepResults[S]>,
  ): Promise<StepResults[S] & { readonly at: string }> => {
    const before = (await current()).steps[name];
    // The table of steps has under each name what that step found.
    if (before !== undefined) return before;
    const at = nowIs().toISOString();
    const result = await work(db);
    await erasures.tell(db, id, { step: name, at, result });
    return { at, ...result };
  };

  const { customer_id, mode, state, steps, requested_by, requested_role } = await current();
  if (state === 'done' || state === 'failed') return current();
  const survey = await surveyCustomer(deps, customer_id);
  if (steps.record === undefined) {
    const open_business = await openBusinessIn(deps, survey);
    if (open_business.length > 0) {
      const failure = 'business was begun after the erasure was asked for; see open_business';
      await erasures.move(
        id,
        mode === 'now' ? { state: 'failed', open_business, failure } : { state: 'waiting', open_business },
      );
      return current();
    }
    await erasures.move(id, { state: 'running' });
  }

  const plan = await step('record', async () => {
    const planned = await planOf(db, customer_id, books);
    // Counted before a key goes: then every process deletes the files that it has, which this one does not see.
    let files = 0;
    for (const stream of survey.streams) files += await deps.countFiles(await store.readStream(stream));
    return { ...planned, files };
  });
  const restricted = plan.restricted.map(({ key_id }) => key_id);
  const actor: Actor = { id: requested_by, role: requested_role };
  for (const { key_id } of plan.destroyed)
    await recordErased(handle, { key_id, kept: plan.kept, restricted, at: plan.at, actor });

  const { at, drop } = await step('destroy', async () => {
    const dropped = await db.transaction((sql) => destroyKeys(sql, plan));
    return { drop: dropped === undefined ? null : String(dropped) };
  });
  await deps.forgetPersonal([...plan.destroyed, ...plan.restricted]);
  await step('acknowledge', async () => ({ waited_ms: await waitForAcknowledgement(db, drop) }));

  const destroyed = new Set(plan.destroyed.map(({ key_id }) => key_id));
  const order_ids = survey.orders.map((order) => order.id);
  await step('delete', async () => {
    let deleted = 0;
    for (const stream of survey.streams) deleted += await deps.deleteFiles(await store.readStream(stream));
    const files = Math.max(plan.files ?? 0, deleted);
    const payment_ids = survey.orders.flatMap(({ payments }) => payments);
    const rows = await clearPersonalRows(db, {
      ...{ customer_id, order_ids, payment_ids, streams: survey.streams },
      key_ids: [...destroyed],
    });
    await deps.dropCopies();
    return { rows, files };
  });
  await step('search', async () => {
    await deps.searchAgain(order_ids);
    return { orders: order_ids.length };
  });
  await step('look_again', async () => lookAgain(deps, survey, { destroyed, at }));
  await erasures.move(id, { state: 'done' });
  return current();
};
