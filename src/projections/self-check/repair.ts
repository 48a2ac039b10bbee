import { NoSuchCopy, liveTarget, writeRows, type Projection, type Row } from '../engine/index.ts';
import { isLowerCaseUuid } from '../../platform/uuid.ts';
import { checkRows, type CheckDeps, type CheckedRow } from './check-rows.ts';
import { forgetDrift, readDrift } from './drift.ts';
import { tallyRows, writeTally, type TallyScope } from './tally.ts';

export type Repaired = {
  /** Keys of the rows that were written or deleted. */
  readonly rows: readonly string[];
  /** How many counters and sums were counted again. */
  readonly counters: number;
  readonly sums: number;
};

/** No row of this read model can have this key: PostgreSQL would not even compare them. */
export class NoKey extends Error {
  override readonly name = 'NoKey';
}

const demandKey = ({ name, key: column, columns }: Projection, key: string): void => {
  if (columns[column] === 'uuid' && !isLowerCaseUuid(key))
    throw new NoKey(`is no row of ${name}: expected a UUID in lower case, such as the id of an order`);
};

type Names = Record<TallyScope, Set<string>>;

const addNames = ({ counters, sums }: Projection, names: Names, row: Row | undefined): void => {
  if (row === undefined) return;
  for (const name of counters?.(row) ?? []) names.counter.add(name);
  for (const { key } of sums?.of(row) ?? []) names.sum.add(JSON.stringify(key));
};

/**
 * Makes one row, or all that the self-check found, what the log says: at the position of the checkpoint, and under its lock,
 * so that the projector waits meanwhile. The counters and sums to which the row belongs are counted again over all rows.
 * @throws NoKey when no row of this read model can have the key
 * @throws NoSuchCopy when the rows are not those of this release, or their projector has stopped
 */
export const repairProjection = async (projection: Projection, deps: CheckDeps, key?: string): Promise<Repaired> => {
  if (key !== undefined) demandKey(projection, key);
  return deps.db.transaction(async (tx) => {
    const { name } = projection;
    await tx.raw(`set local lock_timeout = '5s'`);
    await tx.raw('set local statement_timeout = 0');
    await tx('projection_checkpoints').where({ name }).forUpdate().first('position');
    const found = await readDrift(tx, name);
    const wanted = key === undefined ? found : found.filter(({ scope, ...one }) => scope === 'row' && one.key === key);
    const known = wanted
      .filter(({ scope }) => scope === 'row')
      .map((one) => ({ ...one, stream: one.stream ?? undefined }));
    const suspects = key !== undefined && known.length === 0 ? [{ key, stream: undefined }] : known;

    const checked = await checkRows(projection, { ...deps, db: tx }, { suspects, demandAll: true });
    if (checked === undefined) throw new NoSuchCopy(`the rows of ${name} are not of this release: rebuild it`);
    if (checked.isStopped) throw new NoSuchCopy(`${name} has stopped before an event: fix that first, then repair`);
    const faulty = checked.rows.filter(({ kind }) => kind !== undefined);
    const names: Names = { counter: new Set(), sum: new Set() };
    for (const { scope, key: named } of wanted) if (scope !== 'row') names[scope].add(named);
    const move = { epoch: checked.epoch, from: checked.position, to: checked.position };
    const write = async ({ key: of, expected, live, beside }: CheckedRow): Promise<void> => {
      const changes = {
        upserts: expected === undefined ? [] : [expected],
        ...(projection.alongside !== undefined && { beside }),
        removals: expected === undefined ? [of] : [],
        counters: [],
        sums: [],
      };
      await writeRows(tx, { projection, target: liveTarget(projection), move, changes });
      addNames(projection, names, live);
      addNames(projection, names, expected);
    };
    for (const row of faulty) await write(row);
    // A projector may have these rows in memory as they were: its next write does not happen, and it reads them again.
    if (faulty.length > 0)
      await tx('projection_checkpoints')
        .where({ name })
        .update({ epoch: tx.raw('epoch + 1') });
    if (names.counter.size + names.sum.size > 0) {
      const tally = await tallyRows(tx, projection, (scope, of) => names[scope].has(of));
      await writeTally(tx, projection, { names, tally });
    }
    await forgetDrift(tx, name, wanted);
    return { rows: faulty.map((row) => row.key), counters: names.counter.size, sums: names.sum.size };
  });
};
