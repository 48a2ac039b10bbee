import type { VerificationView } from '../../audit/index.ts';
import type { JobState, JobView } from '../../jobs/admin.ts';
import type { CronPage, CronRun } from '../../jobs/cron-runs.ts';
import {
  NoSuchCopy,
  NothingWaits,
  RebuildInProgress,
  type CopyName,
  type ProjectionStatus,
} from '../../projections/engine/index.ts';
import type { Diff, ProjectionDetail } from '../../projections/maintenance/index.ts';
import { NoKey, type Repaired } from '../../projections/self-check/index.ts';
import { noCursor, readPaging } from '../server/paging.ts';
import { invalid, problem } from '../server/problem.ts';
import { bind, type Bound, type Loading, type Reply } from '../server/route.ts';
import { adminSpecs } from './routes.ts';

export type AdminDeps = {
  readonly projections: () => Promise<readonly ProjectionStatus[]>;
  readonly projectionDetail: (name: string) => Promise<ProjectionDetail | undefined>;
  /** Starts a rebuild and does not wait for its end. */
  readonly startRebuild: (name: string, options: { readonly swap?: boolean }) => Promise<void>;
  /** These are called with the name of a read model, and fail with NoSuchCopy or RebuildInProgress. */
  readonly diff: (name: string) => Promise<Diff>;
  /** Starts a swap, and does not wait for its end. */
  readonly startSwap: (name: string, copy: CopyName) => Promise<void>;
  readonly cancelRebuild: (name: string) => Promise<void>;
  readonly repair: (name: string, id: string | undefined) => Promise<Repaired>;
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

/** What another process does, or what is not there, is for the caller to know. */
const possible = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NothingWaits)
      throw problem('projection.not_possible', `${error.message}: start one with {"swap": false}.`);
    if (error instanceof NoSuchCopy || error instanceof RebuildInProgress)
      throw problem('projection.not_possible', `${error.message}.`);
    if (error instanceof NoKey) throw invalid([{ field: 'id', message: error.message }]);
    throw error;
  }
};

export const bindAdmin = (deps: AdminDeps): Bound<typeof adminSpecs> => {
  const { projections, startRebuild, listJobs, findJob, retryJob, listClockRuns, verification, verify } = deps;
  const loadProjection = async ({ params: { name } }: Loading): Promise<ProjectionStatus | undefined> =>
    (await projections()).find((status) => status.name === name);
  const loadDetail = ({ params: { name } }: Loading) => deps.projectionDetail(name ?? '');
  const detailReply =
    (status: number) =>
    async (loading: Loading): Promise<Reply> => ({ status, body: (await loadDetail(loading)) ?? null });
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
      handle: async ({ subject: { name }, caller, body }) => {
        await startRebuild(name, body);
        return started({ caller, params: { name } });
      },
      replay: started,
    },
    getProjection: { load: loadDetail, handle: ({ subject }) => Promise.resolve({ status: 200, body: subject }) },
    diffProjection: {
      load: loadProjection,
      handle: async ({ subject: { name } }) => ({ status: 200, body: await possible(deps.diff(name)) }),
    },
    swapProjection: {
      load: loadProjection,
      handle: async ({ subject: { name }, caller }) => {
        await possible(deps.startSwap(name, 'rebuild'));
        return detailReply(202)({ caller, params: { name } });
      },
      replay: detailReply(202),
    },
    rollbackProjection: {
      load: loadProjection,
      handle: async ({ subject: { name }, caller }) => {
        await possible(deps.startSwap(name, 'kept'));
        return detailReply(202)({ caller, params: { name } });
      },
      replay: detailReply(202),
    },
    cancelRebuild: {
      load: loadProjection,
      handle: async ({ subject: { name }, caller }) => {
        await possible(deps.cancelRebuild(name));
        return detailReply(200)({ caller, params: { name } });
      },
      replay: detailReply(200),
    },
    repairProjection: {
      load: loadProjection,
      handle: async ({ subject: { name }, body }) => ({
        status: 200,
        body: await possible(deps.repair(name, body.id)),
      }),
      // The first request has repaired it.
      replay: async (loading) => {
        const left = (await loadDetail(loading))?.drift.count ?? 0;
        return { status: 200, body: { rows: [], counters: 0, sums: 0, left } };
      },
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
