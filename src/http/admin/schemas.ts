import { Type } from '@sinclair/typebox';
import { JOB_STATES } from '../../jobs/admin.ts';
import { CRON_TASKS } from '../../jobs/cron-runs.ts';
import type { ProjectionStatus } from '../../projections/engine/index.ts';
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
    moved: Type.Integer({ description: 'Number of orders that the run moved.' }),
    failed: Type.Integer({
      description: 'Number of orders that the run could not move; the next run tries them again.',
    }),
    failures: Type.Array(Type.Object({ order_id: Type.String({ format: 'uuid' }), reason: Type.String() }), {
      description: 'The first of the failed orders.',
    }),
    reason: nullable(Type.String({ description: 'Why the run was aborted.' })),
  },
  { component: 'ClockRun' },
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
