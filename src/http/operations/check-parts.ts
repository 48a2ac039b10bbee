import { match, P } from 'ts-pattern';
import type { LogState, VerificationHealth } from '../../audit/index.ts';
import type { StaffWork } from '../../projections/orders/index.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { QueueHealth } from '../../jobs/admin.ts';
import type { CheckMail, MessageLag } from '../../notifications/index.ts';
import type { MissingKeys } from '../../platform/data-keys.ts';
import type { ProjectionStatus } from '../../projections/engine/index.ts';
import type { DriftCount } from '../../projections/self-check/index.ts';
import type { PartHealth } from './handlers.ts';

export type CheckPartsDeps = {
  /** Fails when the database does not answer. */
  readonly pingDatabase: () => Promise<unknown>;
  /** Fails when the database takes no writes. */
  readonly probeWrites: () => Promise<unknown>;
  /** Fails when the event store takes no appends. */
  readonly probeAppends: () => Promise<unknown>;
  readonly messageLag: () => Promise<MessageLag>;
  readonly queueHealth: () => Promise<QueueHealth>;
  readonly store: Pick<EventStore, 'head'>;
  readonly projections: () => Promise<readonly ProjectionStatus[]>;
  /** What the self-check of the read models found. */
  readonly drift: () => Promise<readonly DriftCount[]>;
  /** How many orders wait for staff. */
  readonly needs: () => Promise<StaffWork>;
  /** Whether the log is recorded and its heads are signed. */
  readonly logState: () => Promise<LogState>;
  /** How many keys that something is sealed with are gone. */
  readonly missingKeys: () => Promise<MissingKeys>;
  /** How the last verification of the log ended. */
  readonly verification: () => Promise<VerificationHealth>;
  /** Undefined: mail is not checked. */
  readonly checkMail: CheckMail | undefined;
};

/** A part that does not answer within this counts as down, milliseconds. */
const TIME_LIMIT = 3_000;

const within = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), TIME_LIMIT);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};

type Found = Omit<PartHealth, 'name' | 'latency_ms'>;

/** The error is only logged, because addresses and names of servers are not public. */
const look = async (name: string, work: () => Promise<Found>): Promise<PartHealth> => {
  const started = performance.now();
  const found = await within(work()).catch((): Found => ({ state: 'down', reason: 'does not answer' }));
  return { name, ...found, latency_ms: Math.round((performance.now() - started) * 10) / 10 };
};

const upIf = (probe: () => Promise<unknown>, reason: string): Promise<Found> =>
  within(probe()).then(
    (): Found => ({ state: 'up' }),
    (): Found => ({ state: 'down', reason }),
  );

/** Rows that differ from the log are worse than rows that are late. */
const projectionPart = (
  { name, state, lag_events, lag_seconds }: ProjectionStatus,
  { latency_ms, differing }: { readonly latency_ms: number; readonly differing: number },
): PartHealth => ({
  name: `projection ${name}`,
  ...(differing > 0
    ? {
        state: 'degraded',
        latency_ms,
        reason: `${differing} differ from the log: run npm run projections -- repair ${name}`,
      }
    : {
        state: state === 'running' && lag_events === 0 ? 'up' : 'behind',
        latency_ms,
        ...(state !== 'running' && { reason: state }),
      }),
  lag: { events: lag_events, seconds: lag_seconds },
});

const projectionParts = async ({ projections, drift }: CheckPartsDeps): Promise<readonly PartHealth[]> => {
  const started = performance.now();
  const [statuses, drifts] = await Promise.all([
    within(projections()).catch(() => undefined),
    within(drift()).catch((): readonly DriftCount[] => []),
  ]);
  const latency_ms = Math.round((performance.now() - started) * 10) / 10;
  return statuses === undefined
    ? [{ name: 'projections', state: 'down', latency_ms, reason: 'their state cannot be read' }]
    : statuses.map((status) => {
        const own = drifts.filter(({ projection }) => projection === status.name);
        return projectionPart(status, { latency_ms, differing: own.reduce((sum, { count }) => sum + count, 0) });
      });
};

/** Orders go on without mail: messages wait for it. */
const mailParts = async ({ checkMail }: CheckPartsDeps): Promise<readonly PartHealth[]> =>
  checkMail === undefined
    ? []
    : [
        await look('mail', async () => {
          const blocked = await checkMail();
          return blocked === undefined ? { state: 'up' } : { state: 'behind', reason: blocked };
        }),
      ];

/**
 * Money that could not go back is a task for staff. The server is ready all the same, also where this cannot be read.
 */
const refundsPart = ({ needs }: CheckPartsDeps): Promise<PartHealth> =>
  look('refunds', async () => {
    const found = await needs().catch(() => undefined);
    if (found === undefined) return { state: 'behind', reason: 'their state cannot be read' };
    return found.resolution === 0
      ? { state: 'up' }
      : { state: 'behind', reason: 'refunds have failed: see GET /api/v1/orders?needs=resolution' };
  });

/** A database that answers and takes no writes (read-only, or a full disk) takes no orders either. */
const databasePart = ({ pingDatabase, probeWrites }: CheckPartsDeps): Promise<PartHealth> =>
  look('database', async () => {
    await pingDatabase();
    return upIf(probeWrites, 'takes no writes');
  });

/** Messages come late without anything being lost. */
const messagesPart = ({ messageLag }: CheckPartsDeps): Promise<PartHealth> =>
  look('messages', async () => {
    const found = await messageLag().catch(() => undefined);
    if (found === undefined) return { state: 'behind', reason: 'their state cannot be read' };
    const { lag_events: events, lag_seconds: seconds } = found;
    return { state: events === 0 ? 'up' : 'behind', lag: { events, seconds } };
  });

/** Orders go on, but nothing of what comes can be proven. What contradicts what is not for everyone to read. */
const logPart = ({ logState, verification }: CheckPartsDeps): Promise<PartHealth> =>
  look('log', async () => {
    const found = await Promise.all([logState(), verification()]).catch(() => undefined);
    if (found === undefined) return { state: 'behind', reason: 'its state cannot be read' };
    const [kept, { state }] = found;
    return match([kept, state])
      .returnType<Found>()
      .with(['contradicted', P._], () => ({
        state: 'behind',
        reason: 'it contradicts what was recorded of it: run npm run verify',
      }))
      .with(['unsigned', P._], () => ({
        state: 'behind',
        reason: 'its heads cannot be signed: npm run log -- head says why',
      }))
      .with(['kept', 'failed'], () => ({
        state: 'behind',
        reason: 'the last verification found differences: see GET /api/v1/admin/verification',
      }))
      .with(['kept', 'could_not_check'], () => ({
        state: 'behind',
        reason: 'the last verification could not check: see GET /api/v1/admin/verification',
      }))
      .with(['kept', P.union('never_run', 'running', 'passed')], () => ({ state: 'up' }))
      .exhaustive();
  });

const SEARCH_KEY_GONE =
  'the key of the search index is gone: restore search_key from a backup, or run npm run projections -- rebuild order_search';

/** A key that is gone is damage: what it sealed cannot be read until its row comes back from a backup. */
const keysPart = ({ missingKeys }: CheckPartsDeps): Promise<PartHealth> =>
  look('keys', async () => {
    const missing = await missingKeys().catch(() => undefined);
    if (missing === undefined) return { state: 'behind', reason: 'their state cannot be read' };
    const { data, search } = missing;
    const reasons = [
      ...(data > 0 ? [`${data} data keys are gone: restore data_keys from a backup`] : []),
      ...(search ? [SEARCH_KEY_GONE] : []),
    ];
    return reasons.length === 0 ? { state: 'up' } : { state: 'degraded', reason: `key_missing: ${reasons.join('; ')}` };
  });

/** Everything the server depends on, each with state and latency. */
export const createCheckParts = (deps: CheckPartsDeps) => async (): Promise<readonly PartHealth[]> => {
  const { queueHealth, store, probeAppends } = deps;
  const [eventStore, database, keys, jobs, refunds, log, projections, messages, mail] = await Promise.all([
    look('event_store', async () => {
      await store.head();
      return upIf(probeAppends, 'takes no appends');
    }),
    databasePart(deps),
    keysPart(deps),
    look('job_queue', async () => {
      const { workers, waiting } = await queueHealth();
      return workers > 0 || waiting === 0 ? { state: 'up' } : { state: 'behind', reason: 'no worker is running' };
    }),
    refundsPart(deps),
    logPart(deps),
    projectionParts(deps),
    messagesPart(deps),
    mailParts(deps),
  ]);
  return [eventStore, database, keys, jobs, refunds, log, messages, ...mail, ...projections];
};
