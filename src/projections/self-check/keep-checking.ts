import type { Knex } from 'knex';
import { sleep } from '../../platform/backoff.ts';
import type { Position } from '../../event-store/port.ts';
import { keyOf, openEvents, readCheckpoints, type Projection } from '../engine/index.ts';
import { accept, type Accepted } from './accept.ts';
import { checkRows, type CheckDeps, type Suspect } from './check-rows.ts';
import { forgetDrift, readDrift, readTallyDrift, recordDrift, type Drift } from './drift.ts';
import { createTouchWatch } from './touched.ts';
import { compareTallies, nameOf, readTally, tallyRows, type IsWanted, type TallyName } from './tally.ts';
import { underLock } from './under-lock.ts';

type LogLine = (facts: object, message: string) => void;

export type SelfCheckDeps = CheckDeps & {
  readonly projections: readonly Projection[];
  readonly log: { readonly warn: LogLine };
  /** Between two samples of a read model, milliseconds. Default 10 000. */
  readonly everyMs?: number;
  /** Counters and sums take at most this share of the time. Default 0.01. */
  readonly tallyShare?: number;
};

/** Of a sample: rows from a walk through the log, from a walk through the table, and of the newest events. */
const EVENTS_WALKED = 100;
const ROWS_WALKED = 25;
const NEWEST = 50;
/** Names of counters and sums that are counted at a time; of more, each time another part. */
const NAMES_AT_ONCE = 50_000;

/** Walks through the log and the table of one read model, a sample at a time. */
const createSampler = (projection: Projection, { db, store, codec }: CheckDeps) => {
  let walked: Position = 0n;
  let newest: Position | undefined;
  let row: string | undefined;

  const seenIn = async (after: Position, limit: number) => {
    const page = await store.readAll({ after, limit, prefixes: projection.prefixes });
    const opened = await openEvents(projection, codec, page.events);
    const suspects = opened.map((event): Suspect => ({ key: keyOf(projection, event), stream: event.stream }));
    return { ...page, suspects };
  };
  const walkLog = async (): Promise<readonly Suspect[]> => {
    const { suspects, position, caughtUp } = await seenIn(walked, EVENTS_WALKED);
    walked = caughtUp ? 0n : position;
    return suspects;
  };
  const followNewest = async (): Promise<readonly Suspect[]> => {
    const reached = (await readCheckpoints(db, [projection.name])).get(projection.name)?.position ?? 0n;
    const { suspects } = newest === undefined ? { suspects: [] } : await seenIn(newest, NEWEST);
    newest = reached;
    return suspects;
  };
  const walkTable = async (): Promise<readonly Suspect[]> => {
    const { key, table, columns } = projection;
    const { rows } = await db.raw<{ rows: readonly { key: string }[] }>(
      `select ${key}::text as key from ${table} where ?::text is null or ${key} > ?::text::${columns[key] ?? 'text'}
       order by ${key} limit ${ROWS_WALKED}`,
      [row ?? null, row ?? null],
    );
    row = rows.length < ROWS_WALKED ? undefined : rows.at(-1)?.key;
    return rows.map((one) => ({ key: one.key, stream: undefined }));
  };
  return async (): Promise<readonly Suspect[]> => {
    const known = (await readDrift(db, projection.name)).slice(0, ROWS_WALKED);
    const again = known.flatMap(({ scope, key, stream }) =>
      scope === 'row' ? [{ key, stream: stream ?? undefined }] : [],
    );
    const parts = [await walkTable(), await walkLog(), await followNewest(), again];
    return parts.flat();
  };
};

const acceptUnderLock = async (projection: Projection, db: Knex, what: Accepted): Promise<void> => {
  if (what.rows.length + what.names.length === 0) return;
  await underLock(projection, db, (tx) => accept(tx, projection, what));
};

/** Reports what is not as the log says, and forgets what is right again. */
const report = async (
  projection: Projection,
  { db, log }: Pick<SelfCheckDeps, 'db' | 'log'>,
  { found, fine }: { readonly found: readonly Drift[]; readonly fine: readonly Pick<Drift, 'scope' | 'key'>[] },
): Promise<void> => {
  await forgetDrift(db, projection.name, fine);
  for (const { scope, key, kind } of await recordDrift(db, projection.name, found))
    log.warn({ projection: projection.name, scope, key, kind }, 'the read model differs from the log');
};

const sample = async (
  projection: Projection,
  deps: SelfCheckDeps,
  { suspects, foreign }: { readonly suspects: readonly Suspect[]; readonly foreign: ReadonlySet<string> },
): Promise<void> => {
  const checked = await checkRows(projection, deps, { suspects, tellsOnly: true });
  if (checked === undefined) return;
  const found = checked.rows.flatMap(({ key, kind, stream = null }): Drift[] =>
    kind === undefined ? [] : [{ scope: 'row', key, kind, stream }],
  );
  const fine = checked.rows.flatMap(({ key, kind }) => (kind === undefined ? [{ scope: 'row' as const, key }] : []));
  await report(projection, deps, { found, fine });
  const rows = fine.flatMap(({ key }) => (foreign.has(key) ? [key] : []));
  // Numbers are drawn before the log has them: no projector writes those.
  if (projection.isFilledAhead !== true) await acceptUnderLock(projection, deps.db, { rows, names: [] });
};

const hashOf = (text: string): number => {
  let hash = 0;
  for (let n = 0; n < text.length; n++) hash = (Math.imul(hash, 31) + text.charCodeAt(n)) >>> 0;
  return hash;
};

/**
 * Counts all rows, and compares counters and sums with what is stored: those of these names, or else a part of them, each
 * time another one.
 */
const tally = async (
  projection: Projection,
  deps: SelfCheckDeps,
  { turn, names }: { readonly turn: number; readonly names?: readonly TallyName[] },
): Promise<void> => {
  const { db } = deps;
  const { name, sums } = projection;
  const asked = names && new Set(names.map(nameOf));
  const known = await readDrift(db, name); // what is noted after the snapshot was not looked at
  const result = await db.transaction(
    async (tx) => {
      await tx.raw(`set local statement_timeout = '20s'`);
      const { rows } = await tx.raw<{ rows: readonly { version: number; names: string }[] }>(
        `select version, (select count(*) from projection_counters where projection = coalesce(counters, name))
           ${sums === undefined ? '' : `+ (select count(*) from ${sums.table})`} as names
         from projection_checkpoints where name = :name`,
        { name },
      );
      if (rows[0]?.version !== projection.version) return undefined;
      const parts = Math.ceil(Number(rows[0].names) / NAMES_AT_ONCE) || 1;
      const isWanted: IsWanted = (scope, key) =>
        asked?.has(nameOf({ scope, key })) ?? hashOf(key) % parts === turn % parts;
      const expected = await tallyRows(tx, projection, isWanted);
      return { isWanted, found: compareTallies(expected, await readTally(tx, projection, isWanted)) };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  if (result === undefined) return;
  const { found, isWanted } = result;
  const wrong = new Set(found.map(nameOf));
  const fine = known.filter(
    ({ scope, key }) => scope !== 'row' && isWanted(scope, key) && !wrong.has(nameOf({ scope, key })),
  );
  await report(projection, deps, { found: found.map((one) => ({ ...one, stream: null })), fine });
  await acceptUnderLock(projection, db, { rows: [], names: (names ?? []).filter((one) => !wrong.has(nameOf(one))) });
};

/**
 * Compares read models with the log until aborted: a bounded sample of rows at a time, walking through all of them; rows,
 * counters and sums that were written since the last look; and all counters and sums as often as a hundredth of the time
 * allows. An outage is no finding: the next sample comes soon.
 */
export const keepChecking = async (deps: SelfCheckDeps, signal: AbortSignal): Promise<void> => {
  const { projections, everyMs = 10_000, tallyShare = 0.01, log } = deps;
  const watched = projections.map((projection) => ({
    projection,
    nextSample: createSampler(projection, deps),
    look: createTouchWatch(projection, deps.db),
    tallyAt: 0,
    turn: 0,
  }));
  const check = async (one: (typeof watched)[number]): Promise<void> => {
    const { projection } = one;
    const touched = await one.look();
    const { suspects = [], foreign = new Set<string>(), names = [] } = touched ?? {};
    await sample(projection, deps, { suspects: [...(await one.nextSample()), ...suspects], foreign });
    const known = new Set((await readTallyDrift(deps.db, projection.name)).map(nameOf));
    const unknown = names.filter((name) => !known.has(nameOf(name)));
    if (unknown.length > 0) await tally(projection, deps, { turn: 0, names: unknown });
    if (touched?.areSumsDeleted === true) one.tallyAt = 0;
    const isCounted = projection.counters !== undefined || projection.sums !== undefined;
    const begun = performance.now();
    if (!isCounted || begun < one.tallyAt) return;
    await tally(projection, deps, { turn: one.turn++ });
    one.tallyAt = begun + (performance.now() - begun) / tallyShare;
  };
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    for (const one of watched) {
      await sleep(everyMs / watched.length, signal);
      if (isOver()) return;
      await check(one).catch((error: unknown) =>
        log.warn({ projection: one.projection.name, err: error }, 'a self-check of the read model was not possible'),
      );
    }
  }
};
