import type { Knex } from 'knex';
import { openLogReader, openVerifications, readLogState } from '../../../audit/index.ts';
import { exportPosition } from '../../../exports/index.ts';
import { readLedger } from '../../../gateways/payment/index.ts';
import type { ResourceDeps } from '../../../http/api.ts';
import { createReadFeed } from '../../../http/feed/read-feed.ts';
import { createCheckParts } from '../../../http/operations/check-parts.ts';
import { probeAppends } from '../../../event-store/probe-appends.ts';
import { findJob, listJobs, queueHealth, retryJob } from '../../../jobs/admin.ts';
import { openCronRuns } from '../../../jobs/cron-runs.ts';
import { enqueueJobs } from '../../../jobs/queue.ts';
import { businessDayIn } from '../../../platform/business-day.ts';
import { readMissingKeys } from '../../../platform/data-keys.ts';
import { createOutgoingPost } from '../../../platform/outgoing-post.ts';
import { messageLag } from '../../../notifications/index.ts';
import { createWriteProbe } from '../../../platform/write-probe.ts';
import {
  demandKept,
  demandReady,
  projectionStatus,
  type CopyName,
  type Projection,
} from '../../../projections/engine/index.ts';
import { cancelRebuild, diffProjection, projectionDetails } from '../../../projections/maintenance/index.ts';
import { countDrift, repairProjection } from '../../../projections/self-check/index.ts';
import { rebuildProjectionTask, swapProjectionTask } from '../../../processes/upkeep.ts';
import { findProjection, projections } from '../../../projections/registry.ts';
import { findIdByNumber } from '../../../projections/numbers/index.ts';
import { orderSearch, replaceLostSearchKey } from '../../../projections/order-search/index.ts';
import { countNeeds } from '../../../projections/orders/index.ts';
import { openDeliveries, openEndpoints } from '../../../webhooks/index.ts';
import { reportDeps } from '../reports.ts';
import type { ConnectOptions } from './options.ts';

/** A verification that waits to be run by a worker, or runs. */
const beginVerification = (db: Knex, requestedBy: string): Promise<string> =>
  openVerifications(db).begin(requestedBy, (sql, run) =>
    enqueueJobs(sql, [{ task: 'verify-log', payload: { run }, key: 'verify-log' }]),
  );

/** Of a route that has found the read model. */
const known = (name: string): Projection => {
  const projection = findProjection(name);
  if (projection === undefined) throw new Error(`no projection is called ${name}`);
  return projection;
};

/** Comparing must not hold connections of the API for longer. */
const LONGEST_DIFF_MS = 20_000;
/** A repair over HTTP begins no further page after this time; its answer says how much is left. */
const LONGEST_REPAIR_MS = 10_000;

const projectionDeps = ({ db, store, codec, dataKeys, businessTimeZone = 'UTC' }: ConnectOptions) => {
  const deps = { db, store, codec, dayOf: businessDayIn(businessTimeZone) };
  return {
    projections: () => projectionStatus({ db, store, projections }),
    projectionDetail: async (name: string) => {
      const projection = findProjection(name);
      return projection && (await projectionDetails({ db, store, projections: [projection] }))[0];
    },
    startRebuild: async (name: string, options: { readonly swap?: boolean }) => {
      if (name === orderSearch.name) await replaceLostSearchKey(db, dataKeys);
      await enqueueJobs(db, [rebuildProjectionTask.job({ name, ...options })]);
    },
    diff: (name: string) => diffProjection(known(name), { ...deps, withinMs: LONGEST_DIFF_MS }),
    startSwap: async (name: string, copy: CopyName) => {
      const kept_at = copy === 'kept' ? await demandKept(known(name), db) : undefined;
      if (copy === 'rebuild') await demandReady(known(name), db);
      await enqueueJobs(db, [swapProjectionTask.job({ name, ...(kept_at !== undefined && { kept_at }) })]);
    },
    cancelRebuild: (name: string) => cancelRebuild(known(name), { db }),
    repair: (name: string, id: string | undefined) =>
      repairProjection(known(name), deps, { key: id, withinMs: LONGEST_REPAIR_MS }),
  };
};

const adminDeps = ({ db, ...options }: ConnectOptions): ResourceDeps['admin'] => ({
  ...projectionDeps({ db, ...options }),
  listJobs: (query) => listJobs(db, query),
  findJob: (id) => findJob(db, id),
  retryJob: (id) => retryJob(db, id),
  listClockRuns: openCronRuns(db).list,
  verification: openVerifications(db).newest,
  verify: async (requestedBy) => {
    await beginVerification(db, requestedBy);
  },
});

const webhookDeps = (options: ConnectOptions): ResourceDeps['webhooks'] => {
  const { db, store, webhookSecrets, webhookAllowPrivate = false } = options;
  return {
    endpoints: openEndpoints(db, webhookSecrets),
    deliveries: openDeliveries(db),
    check: createOutgoingPost({ allowPrivate: webhookAllowPrivate }).check,
    head: store.head,
    enqueue: (job) => enqueueJobs(db, [job]),
  };
};

type OperatorResources = Pick<
  ResourceDeps,
  'analytics' | 'exports' | 'feed' | 'webhooks' | 'log' | 'admin' | 'messages' | 'devices' | 'sandbox' | 'operations'
>;

/** What integrators and operators use: events, webhooks, messages, jobs, health. */
export const operatorResources = (options: ConnectOptions): OperatorResources => {
  const { db, store, codec, messages, checkMail } = options;
  const findOrderIdByNumber = (number: string) => findIdByNumber(db, 'order', number);
  const admin = adminDeps(options);
  const timeZone = options.businessTimeZone ?? 'UTC';
  return {
    analytics: reportDeps({ ...options, timeZone, paymentGateway: options.paymentGateway }),
    exports: {
      db: options.exportDb ?? db,
      store,
      codec,
      businessTimeZone: timeZone,
      position: async (readModels) => (readModels.length === 0 ? store.head() : exportPosition(db, readModels)),
    },
    feed: {
      readFeed: createReadFeed({ store }),
      decode: codec.decode,
      stopping: options.signal ?? new AbortController().signal,
    },
    webhooks: webhookDeps(options),
    log: { log: openLogReader({ db, store }), isPublic: options.logPublic ?? false },
    admin,
    messages: { messages, findOrderIdByNumber },
    devices: { devices: options.devices },
    sandbox: { readLedger: (page) => readLedger(db, page), findOrderIdByNumber },
    operations: {
      version: options.version,
      checkParts: createCheckParts({
        pingDatabase: () => db.raw('select 1'),
        probeWrites: createWriteProbe(() => db.raw('select probe_writes()')),
        probeAppends: createWriteProbe(() => probeAppends(store)),
        messageLag: () => messageLag(options.outbox, store),
        queueHealth: () => queueHealth(db),
        store,
        projections: admin.projections,
        needs: () => countNeeds(db),
        drift: () => countDrift(db),
        missingKeys: () => readMissingKeys(db),
        logState: () => readLogState(db),
        verification: openVerifications(db).health,
        checkMail,
      }),
    },
  };
};
