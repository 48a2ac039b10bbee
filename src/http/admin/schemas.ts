import { Type } from '@sinclair/typebox';
import { FINDING_KINDS, VERIFICATION_STATES } from '../../audit/index.ts';
import { JOB_STATES } from '../../jobs/admin.ts';
import { CRON_TASKS } from '../../jobs/cron-runs.ts';
import type { ProjectionStatus, RebuildState } from '../../projections/engine/index.ts';
import type { Diff } from '../../projections/maintenance/index.ts';
import type { Drift } from '../../projections/self-check/index.ts';
import { nullable, strictObject } from '../server/schemas/fields.ts';
import { pages } from '../server/schemas/paging.ts';
import { everyWord, words } from '../server/schemas/response-parts.ts';

const time = () => Type.String({ format: 'date-time' });

export const projectionResponse = Type.Object(
  {
    name: Type.String(),
    version: Type.Integer(),
    position: Type.String({ description: 'Position of the last event that it has handled, as a decimal string.' }),
    head: Type.String({ description: 'Position of the last event in the log.' }),
    lag_events: Type.Integer(),
    lag_seconds: Type.Number(),
    state: everyWord<ProjectionStatus['state']>({ running: true, rebuilding: true, failed: true, other_version: true }),
    failure: nullable(Type.Unknown()),
  },
  { component: 'Projection' },
);

const rebuildResponse = Type.Object({
  state: everyWord<RebuildState>({ building: true, ready: true, swapped: true, failed: true, cancelled: true }),
  swaps: Type.Boolean({ description: 'Whether it is put in place as soon as it is built.' }),
  position: Type.String(),
  head: Type.String(),
  events: Type.Integer(),
  events_per_second: Type.Integer(),
  eta_seconds: nullable(Type.Integer()),
  error: nullable(Type.String()),
  begun_at: time(),
  updated_at: time(),
});

const keptResponse = Type.Object({
  version: Type.Integer(),
  position: Type.String(),
  kept_at: time(),
  kept_until: time(),
});

const driftResponse = Type.Object({
  count: Type.Integer(),
  first: Type.Array(
    Type.Object({
      scope: everyWord<Drift['scope']>({ row: true, counter: true, sum: true }),
      key: Type.String(),
      kind: everyWord<Drift['kind']>({ missing: true, extra: true, different: true }),
      stream: nullable(Type.String()),
    }),
  ),
});

export const projectionDetailResponse = Type.Composite(
  [
    projectionResponse,
    Type.Object({
      rebuild: nullable(rebuildResponse),
      kept: nullable(keptResponse),
      drift: driftResponse,
    }),
  ],
  { component: 'ProjectionDetail' },
);

const side = Type.Object({ rows: Type.Integer(), checksum: Type.String() });
const values = Type.Array(
  Type.Object({ name: Type.String(), old: nullable(Type.String()), new: nullable(Type.String()) }),
);

export const diffResponse = Type.Object(
  {
    projection: Type.String(),
    position: Type.String(),
    compared: everyWord<Diff['compared']>({ rebuild: true, kept: true }),
    old: side,
    new: side,
    differences: Type.Object({ rows: Type.Integer(), counters: Type.Integer(), sums: Type.Integer() }),
    rows: Type.Array(Type.Object({ key: Type.String(), old: nullable(Type.Unknown()), new: nullable(Type.Unknown()) })),
    counters: values,
    sums: values,
  },
  { component: 'ProjectionDiff' },
);

export const repairResponse = Type.Object(
  {
    rows: Type.Array(Type.String()),
    counters: Type.Integer(),
    sums: Type.Integer(),
    left: Type.Integer({
      description: 'Differences that are known and not repaired yet. If there are any, send the request again.',
    }),
  },
  { component: 'ProjectionRepair' },
);

export const rebuildBody = strictObject({
  swap: Type.Optional(
    Type.Boolean({ description: 'False: it waits for swap or cancel once it is built. Default: true.' }),
  ),
});

export const repairBody = strictObject({
  id: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'The row to repair. Default: all that the self-check found.',
      rule: 'a UUID in lower case where the read model identifies its rows by one',
    }),
  ),
});

export const jobResponse = Type.Object(
  {
    id: Type.String(),
    task: Type.String(),
    key: nullable(Type.String()),
    payload: Type.Unknown(),
    state: words(JOB_STATES),
    attempts: Type.Integer(),
    max_attempts: Type.Integer(),
    reason: nullable(Type.String({ description: 'Why the last try failed.' })),
    created_at: time(),
    next_try_at: nullable(time()),
  },
  { component: 'Job' },
);

export const clockRunResponse = Type.Object(
  {
    id: Type.String(),
    task: words(CRON_TASKS),
    started_at: time(),
    finished_at: nullable(Type.String({ format: 'date-time', description: 'Null while it runs.' })),
    moved: Type.Integer({ description: 'Number of orders or returns that the run moved.' }),
    failed: Type.Integer({
      description: 'Number of orders or returns that the run could not move; the next run tries them again.',
    }),
    failures: Type.Array(
      Type.Object({
        order_id: Type.String({ format: 'uuid' }),
        return_id: Type.Optional(Type.String({ format: 'uuid', description: 'The return of the order that failed.' })),
        reason: Type.String(),
      }),
      { description: 'The first that failed.' },
    ),
    reason: nullable(Type.String({ description: 'Why the run was aborted.' })),
  },
  { component: 'ClockRun' },
);

const finding = Type.Object(
  {
    kind: words(FINDING_KINDS),
    stream: Type.Optional(Type.String()),
    revision: Type.Optional(Type.Integer()),
    index: Type.Optional(Type.Integer({ description: 'Index of the entry in the log, from 0.' })),
    detail: Type.String(),
    between: Type.Optional(
      Type.Object(
        { from: nullable(time()), to: time() },
        { description: 'Times of the heads between which the event was recorded.' },
      ),
    ),
  },
  { component: 'VerificationFinding' },
);

export const verificationResponse = Type.Object(
  {
    state: words(VERIFICATION_STATES),
    requested_by: nullable(Type.String({ description: 'Id of the caller, or `clock`.' })),
    started_at: nullable(time()),
    finished_at: nullable(time()),
    progress: nullable(Type.Object({ done: Type.Integer(), total: Type.Integer() })),
    result: nullable(
      Type.Object({
        since: Type.Integer({ description: 'Index of the first entry that was read.' }),
        events: Type.Integer(),
        recorded: Type.Integer(),
        streams: Type.Integer(),
        heads: Type.Integer({ description: 'Number of signed heads compared with the log.' }),
        is_signed: Type.Boolean({ description: 'False: no head is signed, so nothing proves the record itself.' }),
        restores: Type.Array(Type.Object({ at: time(), reason: Type.String(), agrees_until: Type.Integer() }), {
          description: 'Restores of older copies that a person accepted.',
        }),
        counts: Type.Record(Type.String(), Type.Integer(), { description: 'Number of findings of each kind.' }),
        findings: Type.Array(finding),
      }),
    ),
    reason: nullable(Type.String({ description: 'Why it could not check.' })),
    last_passed_at: nullable(time()),
  },
  { component: 'Verification' },
);

export const listJobsQuery = strictObject({
  state: Type.Optional(words(JOB_STATES, 'Default: every state.')),
  ...pages,
});

export const listClockRunsQuery = strictObject({
  task: Type.Optional(words(CRON_TASKS, 'Default: every task.')),
  ...pages,
});

export const projectionParams = strictObject({ name: Type.String({ description: 'Name of the projection.' }) });

export const jobParams = strictObject({ id: Type.String({ description: 'Id of the job.' }) });
