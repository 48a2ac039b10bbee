import type { VerificationView } from '../../audit/index.ts';
import type { JobState, JobView } from '../../jobs/admin.ts';
import type { CronPage, CronRun } from '../../jobs/cron-runs.ts';
import type { ProjectionStatus } from '../../projections/engine/index.ts';
import { noCursor, readPaging } from '../server/paging.ts';
import { problem } from '../server/problem.ts';
import { bind, type Bound, type Loading, type Reply } from '../server/route.ts';
import { adminSpecs } from './routes.ts';

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
  readonly verification: () => Promise<VerificationView>;
  /** Begins a verification of the log, unless one runs, and does not wait for its end. */
  readonly verify: (requestedBy: string) => Promise<void>;
  readonly listClockRuns: (page: CronPage) => Promise<readonly CronRun[]>;
};

export const bindAdmin = (deps: AdminDeps): Bound<typeof adminSpecs> => {
  const { projections, startRebuild, listJobs, findJob, retryJob, listClockRuns, verification, verify } = deps;
  const loadProjection = async ({ params: { name } }: Loading): Promise<ProjectionStatus | undefined> =>
    (await projections()).find((status) => status.name === name);
  const started = async (loading: Loading): Promise<Reply> => ({ status: 202, body: await loadProjection(loading) });
  const loadJob = ({ params: { id } }: Loading): Promise<JobView | undefined> => findJob(id ?? '');
  const jobReply = async (loading: Loading): Promise<Reply> => ({
    status: 200,
    body: (await loadJob(loading)) ?? null,
  });
  const verificationReply = async (status: number): Promise<Reply> => ({ status, body: await verification() });
  return bind(adminSpecs, {
    listProjections: { handle: async () => ({ status: 200, body: await projections() }) },
    rebuildProjection: {
      load: loadProjection,
      handle: async ({ subject: { name }, caller }) => {
        await startRebuild(name);
        return started({ caller, params: { name } });
      },
      replay: started,
    },
    listJobs: {
      handle: async ({ query }) => {
        const { limit, offset = 0 } = readPaging(query, noCursor);
        return { status: 200, body: await listJobs({ state: query.state, limit, offset }) };
      },
    },
    getJob: { load: loadJob, handle: ({ subject }) => Promise.resolve({ status: 200, body: subject }) },
    retryJob: {
      load: loadJob,
      handle: async ({ subject, caller }) => {
        if (!(await retryJob(subject.id)))
          throw problem('job.not_failed', 'The job is running or done; there is nothing to retry.');
        const now = await findJob(subject.id);
        return now === undefined
          ? { status: 200, body: { ...subject, attempts: 0 } }
          : jobReply({ caller, params: { id: now.id } });
      },
      replay: jobReply,
    },
    getVerification: { handle: () => verificationReply(200) },
    startVerification: {
      handle: async ({ caller }) => {
        await verify(caller.id);
        return verificationReply(202);
      },
      replay: () => verificationReply(202),
    },
    listClockRuns: {
      handle: async ({ query }) => {
        const { limit, offset = 0 } = readPaging(query, noCursor);
        return { status: 200, body: await listClockRuns({ task: query.task, limit, offset }) };
      },
    },
  });
};
