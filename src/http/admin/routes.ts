import { Type } from '@sinclair/typebox';
import { JOB_STATES, type JobState, type JobView } from '../../jobs/admin.ts';
import type { ProjectionStatus } from '../../projections/engine/index.ts';
import { readPaging } from '../server/paging.ts';
import { problem } from '../server/problem.ts';
import { route, type Loading, type Reply, type Route } from '../server/route.ts';
import { nullable, strictObject } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';

export type AdminDeps = {
  readonly projections: () => Promise<readonly ProjectionStatus[]>;
  /** Starts a rebuild and does not wait for its end. */
  readonly startRebuild: (name: string) => Promise<void>;
  readonly listJobs: (query: {
    readonly state?: JobState | undefined;
    readonly limit: number;
    readonly offset?: number;
  }) => Promise<readonly JobView[]>;
  readonly findJob: (id: string) => Promise<JobView | undefined>;
  /** False: there is no such job that is not running. */
  readonly retryJob: (id: string) => Promise<boolean>;
};

const TAG = 'Admin';
const MAY_READ = { admin: 'any', auditor: 'any' } as const;
const time = () => Type.String({ format: 'date-time' });
const words = (known: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: [...known] });

const projection = Type.Object(
  {
    name: Type.String(),
    version: Type.Integer(),
    position: Type.String({ description: 'Up to where it has read, as a decimal string.' }),
    head: Type.String({ description: 'Where the log ends.' }),
    lag_events: Type.Integer(),
    lag_seconds: Type.Number(),
    state: words(['running', 'rebuilding', 'failed', 'other_version']),
    failure: nullable(Type.Unknown()),
  },
  { component: 'Projection' },
);

const projectionExample = {
  name: 'order_list',
  version: 1,
  position: '4711',
  head: '4711',
  lag_events: 0,
  lag_seconds: 0,
  state: 'running',
  failure: null,
};

const job = Type.Object(
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

const jobExample = {
  id: '17',
  task: 'issue-invoice',
  key: 'invoice-0195513c-6c00-7000-8000-000000000001',
  payload: {},
  state: 'failed',
  attempts: 3,
  max_attempts: 25,
  reason: 'the event store cannot be reached',
  created_at: '2026-03-01T12:05:00.000Z',
  next_try_at: '2026-03-01T12:06:00.000Z',
};

const jobsQuery = strictObject({
  state: Type.Optional(
    Type.Unsafe<JobState>({ type: 'string', enum: [...JOB_STATES], description: 'Default: every state.' }),
  ),
  limit: paging.limit,
  offset: paging.offset,
  skip: paging.skip,
  page: paging.page,
});

const params = (name: string, description: string) => strictObject({ [name]: Type.String({ description }) });
const unused = (): undefined => undefined;

const projectionRoutes = ({ projections, startRebuild }: AdminDeps): readonly Route[] => {
  const load = async ({ params: { name } }: Loading): Promise<ProjectionStatus | undefined> =>
    (await projections()).find((status) => status.name === name);
  const started = async (loading: Loading): Promise<Reply> => ({ status: 202, body: await load(loading) });
  return [
    route(
      {
        methods: ['GET'],
        path: '/admin/projections',
        operationId: 'listProjections',
        tag: TAG,
        summary: 'How far every read model has come',
        permission: MAY_READ,
        answers: { 200: { description: 'All of them.', body: Type.Array(projection), example: [projectionExample] } },
      },
      async () => ({ status: 200, body: await projections() }),
    ),
    route(
      {
        methods: ['POST'],
        path: '/admin/projections/:name/rebuild',
        operationId: 'rebuildProjection',
        tag: TAG,
        summary: 'Rebuild a read model from the first event',
        description: 'It keeps answering meanwhile.',
        permission: { admin: 'any' },
        params: params('name', 'Name of the projection.'),
        load,
        answers: { 202: { description: 'Started.', body: projection, example: projectionExample } },
      },
      async ({ subject, caller, params: { name } }) => {
        await startRebuild(subject.name);
        return started({ caller, params: { name: String(name) } });
      },
      started,
    ),
  ];
};

const jobRoutes = ({ listJobs, findJob, retryJob }: AdminDeps): readonly Route[] => {
  const load = ({ params: { id } }: Loading): Promise<JobView | undefined> => findJob(id ?? '');
  const one = { params: params('id', 'Id of the job.'), load, tag: TAG } as const;
  const found = async (loading: Loading): Promise<Reply> => ({ status: 200, body: (await load(loading)) ?? null });
  return [
    route(
      {
        methods: ['GET'],
        path: '/admin/jobs',
        operationId: 'listJobs',
        tag: TAG,
        summary: 'Jobs that are not done',
        description: 'Newest first. A job that is done is gone.',
        permission: MAY_READ,
        query: jobsQuery,
        answers: { 200: { description: 'A page of jobs.', body: Type.Array(job), example: [jobExample] } },
      },
      async ({ query }) => {
        const { limit, offset = 0 } = readPaging(query, unused);
        return { status: 200, body: await listJobs({ state: query.state, limit, offset }) };
      },
    ),
    route(
      {
        ...one,
        methods: ['GET'],
        path: '/admin/jobs/:id',
        operationId: 'getJob',
        summary: 'Why a job failed, and when it is tried next',
        permission: MAY_READ,
        answers: { 200: { description: 'The job.', body: job, example: jobExample } },
      },
      ({ subject }) => Promise.resolve({ status: 200, body: subject }),
    ),
    route(
      {
        ...one,
        methods: ['POST'],
        path: '/admin/jobs/:id/retry',
        operationId: 'retryJob',
        summary: 'Try a job again now',
        permission: { admin: 'any' },
        answers: { 200: { description: 'The job.', body: job, example: { ...jobExample, attempts: 0 } } },
      },
      async ({ subject, caller }) => {
        if (!(await retryJob(subject.id))) {
          throw problem('job.not_failed', 'The job is running or done; there is nothing to retry.');
        }
        const now = await findJob(subject.id);
        return now === undefined
          ? { status: 200, body: { ...subject, attempts: 0 } }
          : found({ caller, params: { id: now.id } });
      },
      found,
    ),
  ];
};

/** What operators look at and can do. */
export const adminRoutes = (deps: AdminDeps): readonly Route[] => [...projectionRoutes(deps), ...jobRoutes(deps)];
