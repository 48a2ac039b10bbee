import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import { readErasedKeys } from '../audit/index.ts';
import { handleOrThrow, SYSTEM, type Handle } from '../commands/index.ts';
import { auditDecider, mustKeepBooks } from '../domain/audit/index.ts';
import type { EventStore } from '../event-store/port.ts';
import { auditStream } from '../event-store/stream-names.ts';
import type { DroppedKey } from '../platform/data-keys.ts';
import { destroyKeys } from './erase-customer.ts';
import { enqueueErasures } from './erase-tasks.ts';
import { openErasures, type ErasedKey } from './erasures.ts';

export type KeepErasedDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly forgetPersonal: (dropped: readonly DroppedKey[]) => Promise<void>;
  /** Default: the system's clock. */
  readonly nowIs?: () => Date;
};

const BATCH = 1_000;

type LiveRow = { readonly id: string; readonly subject: string; readonly master_id: string | null };

const toErased = ({ id, subject, master_id }: LiveRow): ErasedKey => ({ key_id: id, subject, master_id });

/** Keys that are there although the log says that they are destroyed: they came back from an old backup. */
const findReturned = async ({ db, store, nowIs = () => new Date() }: KeepErasedDeps): Promise<readonly ErasedKey[]> => {
  const { keys, years } = await readErasedKeys({ store }, nowIs());
  const all = [...keys];
  const returned: ErasedKey[] = [];
  const live = () => db<LiveRow>('data_keys').whereNotNull('wrapped').select('id', 'subject', 'master_id');
  for (let at = 0; at < all.length; at += BATCH)
    returned.push(...(await live().whereIn('id', all.slice(at, at + BATCH))).map(toErased));
  if (years.size > 0) returned.push(...(await live().whereIn('books_year', [...years])).map(toErased));
  return returned;
};

const LIFE = 'life-';

/** What else came back with a key of a customer is deleted by an erasure of its own, which begins after the check. */
const eraseAgain = async (db: Knex, returned: readonly ErasedKey[], at: string): Promise<void> => {
  for (const key of returned.filter(({ subject }) => subject.startsWith(LIFE))) {
    const erasures = openErasures(db);
    const id = uuidv7();
    const customer_id = key.subject.slice(LIFE.length);
    const asked = {
      id,
      customer_id,
      reason: 'The key came back from a backup',
      mode: 'now',
      requested_by: 'clock',
    } as const;
    await erasures.begin(asked, async (sql) => {
      await erasures.tell(sql, id, { step: 'record', at, result: { destroyed: [key], restricted: [], kept: [] } });
      await enqueueErasures(sql, [id]);
    });
  }
};

/**
 * Destroys every key again that the log says is destroyed, so that an old backup brings no person back. Answers how many
 * there were. At every start, before anything is served, and every hour.
 */
export const keepErased = async (deps: KeepErasedDeps): Promise<number> => {
  const { db, forgetPersonal, nowIs = () => new Date() } = deps;
  const returned = await findReturned(deps);
  if (returned.length === 0) return 0;
  await db.transaction((sql) => destroyKeys(sql, { destroyed: returned, restricted: [] }));
  await forgetPersonal(returned);
  await eraseAgain(db, returned, nowIs().toISOString());
  return returned.length;
};

export type EndBooksDeps = KeepErasedDeps & {
  readonly handle: Handle;
  readonly retentionYears: number;
  /** The business day of an instant. */
  readonly dayOf: (at: string) => string;
};

/** Destroys the keys of documents of years that need to be kept no longer. Answers these years. */
export const endBooks = async (deps: EndBooksDeps): Promise<readonly number[]> => {
  const { db, handle, retentionYears, dayOf, forgetPersonal, nowIs = () => new Date() } = deps;
  const at = nowIs().toISOString();
  const today = dayOf(at);
  const { rows } = await db.raw<{ rows: readonly { books_year: number }[] }>(
    'select distinct books_year from data_keys where wrapped is not null and books_year is not null',
  );
  const over = rows.map(({ books_year }) => books_year).filter((year) => !mustKeepBooks(year, retentionYears, today));
  for (const year of over) {
    const id = `BooksEnded/${year}`;
    await handleOrThrow(handle, auditDecider, {
      stream: auditStream(at.slice(0, 4)),
      command: { type: 'EndBooks', data: { year }, at, by: SYSTEM },
      context: { command_id: id, correlation_id: id, causation_id: id, actor: SYSTEM, at },
    });
    for (;;) {
      const live = await db<LiveRow & { readonly books_year: number }>('data_keys')
        .where({ books_year: year })
        .whereNotNull('wrapped')
        .limit(BATCH)
        .select('id', 'subject', 'master_id');
      if (live.length === 0) break;
      const destroyed = live.map(toErased);
      await db.transaction((sql) => destroyKeys(sql, { destroyed, restricted: [] }));
      await forgetPersonal(destroyed);
    }
  }
  return over;
};
