import type { Knex } from 'knex';
import { NoSuchCopy, RebuildInProgress, liveTarget, writeRows, type Projection, type Row } from '../engine/index.ts';
import { isLowerCaseUuid } from '../../platform/uuid.ts';
import { accept } from './accept.ts';
import { checkRows, type CheckDeps, type CheckedRow, type Suspect } from './check-rows.ts';
import { countDriftOf, demandRecount, forgetDrift, readRowDrift, readTallyDrift } from './drift.ts';
import { corrections, nameOf, readTally, tallyRows, type IsWanted, type TallyName } from './tally.ts';
import { underLock } from './under-lock.ts';

export type Repaired = {
  /** Keys of the rows that were written or deleted. */
  readonly rows: readonly string[];
  /** How many counters and sums were counted again. */
  readonly counters: number;
  readonly sums: number;
  /** What the self-check found in this read model and was not repaired yet. */
  readonly left: number;
};

export type Repair = {
  /** The one row to repair. Default: all that the self-check found. */
  readonly key?: string | undefined;
  /** No page is begun after this time. Default: any time. */
  readonly withinMs?: number;
};

/** No row of this read model can have this key: PostgreSQL would not even compare them. */
export class NoKey extends Error {
  override readonly name = 'NoKey';
}

/** Rows that are folded under one lock. A row that is too large for a sample is folded by itself. */
const PAGE_ROWS = 20;
/** Counters and sums that are counted in one pass over the rows. */
const PAGE_NAMES = 10_000;
const RECOUNTS = 10;

const demandKey = ({ name, key: column, columns }: Projection, key: string): void => {
  if (columns[column] === 'uuid' && !isLowerCaseUuid(key))
    throw new NoKey(
      `is no row of ${name}: expected a UUID in lower case, such as the id that GET /orders/{number} answers`,
    );
};

/** The counters and sums to which a row belongs. */
const namesOf = ({ counters, sums }: Projection, row: Row | undefined): readonly TallyName[] =>
  row === undefined
    ? []
    : [
        ...(counters?.(row) ?? []).map((key): TallyName => ({ scope: 'counter', key })),
        ...(sums?.of(row) ?? []).map(({ key }): TallyName => ({ scope: 'sum', key: JSON.stringify(key) })),
      ];

const unique = (names: readonly TallyName[]): readonly TallyName[] => [
  ...new Map(names.map((one) => [nameOf(one), one])).values(),
];

/**
 * A projector may have rows in memory as they were, and another repair may have counted: their next write does not happen,
 * and they read again.
 */
const raiseEpoch = async (tx: Knex, { name }: Projection): Promise<void> => {
  await tx('projection_checkpoints')
    .where({ name })
    .update({ epoch: tx.raw('epoch + 1') });
};

/** Writes rows as the log says, and notes in the same transaction what must be counted again after that. */
const writeFaulty = async (
  tx: Knex,
  projection: Projection,
  { faulty, move }: { readonly faulty: readonly CheckedRow[]; readonly move: Parameters<typeof writeRows>[1]['move'] },
): Promise<readonly TallyName[]> => {
  const changes = {
    upserts: faulty.flatMap(({ expected }) => (expected === undefined ? [] : [expected])),
    ...(projection.alongside !== undefined && { beside: faulty.flatMap(({ beside }) => beside) }),
    removals: faulty.flatMap(({ key, expected }) => (expected === undefined ? [key] : [])),
    counters: [],
    sums: [],
  };
  const isWritten = await writeRows(tx, { projection, target: liveTarget(projection), move, changes });
  if (!isWritten) throw new Error(`the checkpoint of ${projection.name} moved while it was locked`);
  await raiseEpoch(tx, projection);
  await accept(tx, projection, { rows: faulty.map(({ key }) => key), names: [] });
  const names = unique(
    faulty.flatMap(({ live, expected }) => [live, expected].flatMap((row) => namesOf(projection, row))),
  );
  await demandRecount(tx, projection.name, names);
  return names;
};

type RepairedPage = {
  readonly suspects: readonly Suspect[];
  /** Rows that are too large to be folded together with others. */
  readonly left: readonly Suspect[];
  readonly rows: readonly string[];
  readonly names: readonly TallyName[];
};

/** One page of rows in one transaction: a repair that dies after it has repaired these, and the next one goes on. */
const repairPage = (
  projection: Projection,
  deps: CheckDeps,
  { find, demandAll }: { readonly find: (tx: Knex) => Promise<readonly Suspect[]>; readonly demandAll: boolean },
): Promise<RepairedPage> =>
  underLock(projection, deps.db, async (tx) => {
    const { name } = projection;
    const suspects = await find(tx);
    const checked = await checkRows(projection, { ...deps, db: tx }, { suspects, demandAll });
    if (checked === undefined) throw new NoSuchCopy(`the rows of ${name} are not of this release: rebuild it`);
    if (checked.isStopped) throw new NoSuchCopy(`${name} has stopped before an event: fix that first, then repair`);
    const faulty = checked.rows.filter(({ kind }) => kind !== undefined);
    const move = { epoch: checked.epoch, from: checked.position, to: checked.position };
    const names = faulty.length === 0 ? [] : await writeFaulty(tx, projection, { faulty, move });
    const looked = new Set(checked.rows.map(({ key }) => key));
    await forgetDrift(
      tx,
      name,
      [...looked].map((key) => ({ scope: 'row', key })),
    );
    const left = suspects.filter(({ key }) => !looked.has(key));
    return { suspects, left, rows: faulty.map(({ key }) => key), names };
  });

type Counted = { readonly epoch: string; readonly version: number; readonly position: string };

const readCheckpoint = (tx: Knex, { name }: Projection): Promise<Counted | undefined> =>
  tx<Counted & { name: string }>('projection_checkpoints').where({ name }).first('epoch', 'version', 'position');

/**
 * Counts again over all rows, in one snapshot and without a lock, and then adds what the stored values are short of: the
 * projector's own additions since then stay. Nothing is added when rows were repaired or replaced meanwhile: it is then
 * counted once more.
 * @throws RebuildInProgress when others repair or rebuild all the time
 */
const recount = async (projection: Projection, db: Knex, names: readonly TallyName[]): Promise<void> => {
  const wanted = new Set(names.map(nameOf));
  const isWanted: IsWanted = (scope, key) => wanted.has(nameOf({ scope, key }));
  const count = async (tx: Knex) => {
    const at = await readCheckpoint(tx, projection);
    if (at?.version !== projection.version)
      throw new NoSuchCopy(`the rows of ${projection.name} are not of this release: rebuild it`);
    const expected = await tallyRows(tx, projection, isWanted);
    return { at, changes: corrections(expected, await readTally(tx, projection, isWanted)) };
  };
  for (let attempt = 1; attempt <= RECOUNTS; attempt++) {
    const { at, changes } = await db.transaction(count, { isolationLevel: 'repeatable read', readOnly: true });
    const isDone = await underLock(projection, db, async (tx) => {
      const now = await readCheckpoint(tx, projection);
      if (now?.epoch !== at.epoch) return false;
      if (changes.counters.length + changes.sums.length > 0) {
        const position = BigInt(now.position);
        const move = { epoch: now.epoch, from: position, to: position };
        const target = liveTarget(projection);
        if (!(await writeRows(tx, { projection, target, move, changes: { upserts: [], removals: [], ...changes } })))
          throw new Error(`the checkpoint of ${projection.name} moved while it was locked`);
        await raiseEpoch(tx, projection);
      }
      await accept(tx, projection, { rows: [], names });
      await forgetDrift(tx, projection.name, names);
      return true;
    });
    if (isDone) return;
  }
  throw new RebuildInProgress(`${projection.name} is being repaired or rebuilt by others: repair it again later`);
};

type Within = { readonly key: string | undefined; readonly isOver: () => boolean };

/** Repairs rows page by page in the order of their keys, and answers those rows and what must be counted again. */
const repairRows = async (projection: Projection, deps: CheckDeps, { key, isOver }: Within) => {
  const rows: string[] = [];
  const names: TallyName[] = [];
  const repair = async (find: (tx: Knex) => Promise<readonly Suspect[]>, demandAll = false): Promise<RepairedPage> => {
    const page = await repairPage(projection, deps, { find, demandAll });
    rows.push(...page.rows);
    names.push(...page.names);
    return page;
  };
  const one = (suspect: Suspect) => repair(() => Promise.resolve([suspect]), true);

  if (key !== undefined) {
    const [known] = await readRowDrift(deps.db, projection.name, { key });
    await one(known ?? { key, stream: undefined });
    return { rows, names: unique(names) };
  }
  for (let after: string | undefined; !isOver();) {
    const { suspects, left } = await repair((tx) => readRowDrift(tx, projection.name, { after, limit: PAGE_ROWS }));
    for (const suspect of left) if (!isOver()) await one(suspect);
    if (suspects.length < PAGE_ROWS) break;
    after = suspects.at(-1)?.key;
  }
  return { rows, names: unique(names) };
};

/**
 * Makes one row, or all that the self-check found, what the log says: a page of rows at a time, at the position of the
 * checkpoint and under its lock, so that the projector waits for one page at most. The counters and sums to which the rows
 * belong are counted again over all rows after that. Killed anywhere, it has repaired whole pages, and what is left to do is
 * still noted as drift: the next repair goes on.
 * @throws NoKey when no row of this read model can have the key
 * @throws NoSuchCopy when the rows are not those of this release, or their projector has stopped
 */
export const repairProjection = async (
  projection: Projection,
  deps: CheckDeps,
  { key, withinMs = Infinity }: Repair = {},
): Promise<Repaired> => {
  if (key !== undefined) demandKey(projection, key);
  const until = performance.now() + withinMs;
  const isOver = (): boolean => performance.now() > until;
  const repaired = await repairRows(projection, deps, { key, isOver });
  // Those of this repair also where the self-check, by an older snapshot, found nothing wrong with them.
  const noted = key === undefined ? await readTallyDrift(deps.db, projection.name) : [];
  const names = unique([...repaired.names, ...noted]);
  const counted: TallyName[] = [];
  for (let from = 0; from < names.length && !isOver(); from += PAGE_NAMES) {
    const page = names.slice(from, from + PAGE_NAMES);
    await recount(projection, deps.db, page);
    counted.push(...page);
  }
  const countOf = (scope: TallyName['scope']): number => counted.filter((one) => one.scope === scope).length;
  return {
    rows: repaired.rows,
    counters: countOf('counter'),
    sums: countOf('sum'),
    left: await countDriftOf(deps.db, projection.name),
  };
};
