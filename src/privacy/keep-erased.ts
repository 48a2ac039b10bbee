import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import { findReturnedKeys, readErasedKeys, type ReturnedKey } from '../audit/index.ts';
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

const toErased = ({ id, subject, master_id }: ReturnedKey): ErasedKey => ({ key_id: id, subject, master_id });

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
      requested_role: SYSTEM.role,
    } as const;
    await erasures.begin(asked, async (sql) => {
      await erasures.tell(sql, id, { step: 'record', at, result: { destroyed: [key], restricted: [], kept: [] } });
      await enqueueErasures(sql, [id]);
    });
  }
};

/**
 * Destroys every key again that the log says is destroyed, and restricts those of documents that it says are kept, so that
 * an old backup brings no person back. Answers how many there were. At every start, before anything is served, and every
 * hour.
 */
export const keepErased = async (deps: KeepErasedDeps): Promise<number> => {
  const { db, store, forgetPersonal, nowIs = () => new Date() } = deps;
  const { undestroyed, unrestricted } = await findReturnedKeys(db, await readErasedKeys({ store }, nowIs()));
  const [destroyed, restricted] = [undestroyed.map(toErased), unrestricted.map(toErased)];
  const returned = [...destroyed, ...restricted];
  if (returned.length === 0) return 0;
  await db.transaction((sql) => destroyKeys(sql, { destroyed, restricted }));
  await forgetPersonal(returned);
  await eraseAgain(db, destroyed, nowIs().toISOString());
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
      const live = await db<ReturnedKey & { readonly books_year: number }>('data_keys')
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
