import { Type } from '@sinclair/typebox';
import { CRON_TASKS, type CronPage, type CronRun } from '../../jobs/cron-runs.ts';
import { readPaging } from '../server/paging.ts';
import { route, type Route } from '../server/route.ts';
import { nullable, strictObject } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';

export type SchedulingDeps = { readonly listRuns: (page: CronPage) => Promise<readonly CronRun[]> };

const time = () => Type.String({ format: 'date-time' });

const run = Type.Object(
  {
    id: Type.String(),
    task: Type.Unsafe<string>({ type: 'string', enum: [...CRON_TASKS] }),
    started_at: time(),
    finished_at: nullable(Type.String({ format: 'date-time', description: 'Null while it runs.' })),
    moved: Type.Integer({ description: 'Orders that it moved.' }),
    failed: Type.Integer({ description: 'Orders that it could not move; the next run asks them again.' }),
    failures: Type.Array(Type.Object({ order_id: Type.String({ format: 'uuid' }), reason: Type.String() }), {
      description: 'The first of those.',
    }),
    reason: nullable(Type.String({ description: 'Why the run broke off.' })),
  },
  { component: 'ClockRun' },
);

const example = {
  id: '812',
  task: 'process-waiting-orders',
  started_at: '2026-03-01T12:05:00.040Z',
  finished_at: '2026-03-01T12:05:00.310Z',
  moved: 14,
  failed: 0,
  failures: [],
  reason: null,
};

const query = strictObject({
  task: Type.Optional(
    Type.Unsafe<string>({ type: 'string', enum: [...CRON_TASKS], description: 'Default: every task.' }),
  ),
  limit: paging.limit,
  offset: paging.offset,
  skip: paging.skip,
  page: paging.page,
});

const noCursor = (): undefined => undefined;

export const schedulingRoutes = ({ listRuns }: SchedulingDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/admin/clock',
      operationId: 'listClockRuns',
      tag: 'Admin',
      summary: 'What the clock did',
      description: 'Newest first: the last 1000 runs of each task.',
      permission: { admin: 'any', auditor: 'any' },
      query,
      answers: { 200: { description: 'A page of runs.', body: Type.Array(run), example: [example] } },
    },
    async ({ query: asked }) => {
      const { limit, offset = 0 } = readPaging(asked, noCursor);
      return { status: 200, body: await listRuns({ task: asked.task, limit, offset }) };
    },
  ),
];
