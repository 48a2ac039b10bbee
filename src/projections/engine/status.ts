import type { Knex } from 'knex';
import type { Counted, EventStore, Position } from '../../event-store/port.ts';
import { readCheckpoints, type Checkpoint } from './checkpoints.ts';
import type { Failure } from './failures.ts';
import type { Projection } from './projection.ts';
import { REBUILD_LOCK } from './rebuild.ts';

export type ProjectionState =
  | 'running'
  | 'rebuilding'
  /** Stopped before an event that it cannot handle. */
  | 'failed'
  /** Its rows are of an older version and will be rebuilt, or of a newer one. */
  | 'other_version';

export type ProjectionStatus = {
  readonly name: string;
  readonly version: number;
  /** Up to where it has handled the log, and where the log ends: decimal strings. */
  readonly position: string;
  readonly head: string;
  /** Events of its streams that it has not handled. Counted up to `LAG_COUNTED_TO`. */
  readonly lag_events: number;
  /** Age of the oldest of them, seconds; 0 when there is none. */
  readonly lag_seconds: number;
  readonly state: ProjectionState;
  readonly failure: Failure | null;
};

export const LAG_COUNTED_TO = 1_000;

export type StatusDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'head' | 'countAfter'>;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  readonly projections: readonly Projection[];
};

/** Names of the projections whose rebuild lock is held, by any process. */
export const findRebuilding = async (db: Knex, names: readonly string[]): Promise<ReadonlySet<string>> => {
  const { rows } = await db.raw<{ rows: readonly { name: string }[] }>(
    `select name from unnest(?::text[]) as name where exists (
       select from pg_locks where locktype = 'advisory' and classid = hashtext(?)::oid and objid = hashtext(name)::oid
         and granted and database = (select oid from pg_database where datname = current_database()))`,
    [[...names], REBUILD_LOCK],
  );
  return new Set(rows.map(({ name }) => name));
};

const ageSeconds = (since: string | undefined, now: number): number =>
  since === undefined ? 0 : Math.max(0, (now - Date.parse(since)) / 1_000);

const stateOf = (
  { version }: Projection,
  checkpoint: Checkpoint | undefined,
  isRebuilding: boolean,
): ProjectionState => {
  if (isRebuilding) return 'rebuilding';
  if (checkpoint?.failure) return 'failed';
  return checkpoint === undefined || checkpoint.version === version ? 'running' : 'other_version';
};

/** How far these projections have come. For `/health/ready`, metrics and `/admin/projections`. */
export const projectionStatus = async ({
  db,
  store,
  now = Date.now,
  projections,
}: StatusDeps): Promise<readonly ProjectionStatus[]> => {
  const names = projections.map(({ name }) => name);
  const [head, checkpoints, rebuilding] = await Promise.all([
    store.head(),
    readCheckpoints(db, names),
    findRebuilding(db, names),
  ]);

  const countWaiting = async (after: Position, { prefixes }: Projection): Promise<Counted> =>
    after >= head ? { count: 0, since: undefined } : store.countAfter({ after, limit: LAG_COUNTED_TO, prefixes });

  return Promise.all(
    projections.map(async (projection): Promise<ProjectionStatus> => {
      const { name, version } = projection;
      const checkpoint = checkpoints.get(name);
      const position = checkpoint?.position ?? 0n;
      const { count, since } = await countWaiting(position, projection);
      return {
        name,
        version: checkpoint?.version ?? version,
        position: String(position),
        head: String(head),
        lag_events: count,
        lag_seconds: ageSeconds(since, now()),
        state: stateOf(projection, checkpoint, rebuilding.has(name)),
        failure: checkpoint?.failure ?? null,
      };
    }),
  );
};
