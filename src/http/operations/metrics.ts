import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { VERIFICATION_STATES, type VerificationHealth } from '../../audit/index.ts';
import type { QueueHealth } from '../../jobs/admin.ts';
import type { MessageCounts, MessageLag } from '../../notifications/index.ts';
import type { ProjectionStatus } from '../../projections/engine/index.ts';
import type { StaffWork } from '../../projections/orders/index.ts';
import type { DriftCount } from '../../projections/self-check/index.ts';
import type { Endpoint } from '../../webhooks/index.ts';
import { createWebhookGauges } from '../webhooks/gauges.ts';
import type { ServedRequest } from '../server/deps.ts';
import { problem } from '../server/problem.ts';
import type { Page } from '../server/site/page.ts';

export type Metrics = { readonly observe: (request: ServedRequest) => void; readonly page: Page };

export type MetricsOptions = {
  /** Bearer token that a scraper must send. Undefined: open. */
  readonly token: string | undefined;
  readonly projections: () => Promise<readonly ProjectionStatus[]>;
  readonly drift: () => Promise<readonly DriftCount[]>;
  readonly queue: () => Promise<QueueHealth>;
  readonly messages: () => Promise<MessageCounts>;
  readonly messageLag: () => Promise<MessageLag>;
  readonly needs: () => Promise<StaffWork>;
  /** How the last verification of the log ended. */
  readonly verification: () => Promise<VerificationHealth>;
  /** Orders followed live in this process. */
  readonly streams: () => number;
  readonly webhooks: () => Promise<readonly Endpoint[]>;
  /** Events of other applications in the event store. Undefined: there are none. */
  readonly foreignEvents?: () => number;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const demandToken = (expected: string | undefined, authorization: string | undefined): void => {
  if (expected === undefined) return;
  if (timingSafeEqual(digest(`Bearer ${expected}`), digest(authorization ?? ''))) return;
  throw problem('auth.missing_credentials', 'Send METRICS_TOKEN with the request: Authorization: Bearer <token>.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="waybill-metrics"' },
  });
};

/** Gauges that end as counters do; their sums are in `waybill_nodejs_active_handles{type}` and its like. */
const MISNAMED = ['handles', 'requests', 'resources'];

const DRIFT_KINDS = ['missing', 'extra', 'different'] as const;

/** Prometheus metrics of this process, of the read models and of the job queue. */
export const createMetrics = (options: MetricsOptions): Metrics => {
  const { token, projections, drift, queue, messages, messageLag, needs, verification, webhooks, streams } = options;
  const { foreignEvents } = options;
  const registers = [new Registry()] as const;
  const [registry] = registers;
  collectDefaultMetrics({ register: registry, prefix: 'waybill_' });
  for (const name of MISNAMED) registry.removeSingleMetric(`waybill_nodejs_active_${name}_total`);
  const gauge = <L extends string>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Gauge({ name: `waybill_${name}`, help, labelNames: [...labelNames], registers: [...registers] });

  const requests = new Histogram({
    name: 'waybill_http_request_seconds',
    help: 'Time to answer, by operation and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [...registers],
  });
  const lagEvents = gauge('projection_lag_events', 'Events a read model has not handled.', 'projection');
  const lagSeconds = gauge('projection_lag_seconds', 'Age of the oldest event not handled.', 'projection');
  const stopped = gauge(
    'projection_stopped',
    '1 where a read model stands before an event it cannot handle.',
    'projection',
  );
  const driftRows = gauge(
    'drift_rows',
    'Rows, counters and sums of a read model that differ from the log, as far as the self-check has found them.',
    'projection',
    'kind',
  );
  const jobs = gauge('jobs', 'Jobs by state.', 'state');
  const workers = gauge('workers', 'Worker processes alive.');
  const liveStreams = gauge('tracking_streams', 'Streams of live tracking that are open in this process.');
  const oldestJob = gauge('oldest_waiting_job_seconds', 'Age of the oldest job that is due and not running.');

  const messagesByStatus = gauge('messages', 'Messages to customers that wait or have failed permanently.', 'status');
  const messageLagEvents = gauge('message_lag_events', 'Events whose messages are not recorded yet, up to 1000.');
  const messageLagSeconds = gauge(
    'message_lag_seconds',
    'Age of the oldest event whose messages are not recorded yet.',
  );

  const ordersWaiting = gauge(
    'orders_waiting_for_staff',
    'Orders with a refund that failed (resolution) or that staff must pay out (payout), and orders that are held.',
    'need',
  );

  const verified = gauge(
    'log_verification',
    '1 for the state in which the last verification of the log ended.',
    'state',
  );
  const findings = gauge('log_verification_findings', 'Differences that the last verification of the log found.');
  const passedAt = gauge(
    'log_verification_passed_timestamp_seconds',
    'When a verification of the log last found no difference; 0: never.',
  );

  if (foreignEvents !== undefined)
    new Gauge({
      name: 'waybill_foreign_events_skipped',
      help: 'Events of other applications in the event store that this process skipped, counted at each read.',
      registers: [...registers],
      collect() {
        this.set(foreignEvents());
      },
    });

  const lookAtWebhooks = createWebhookGauges(registers);

  const look = async (): Promise<void> => {
    liveStreams.set(streams());
    const found = await drift();
    for (const { name: projection, lag_events, lag_seconds, state } of await projections()) {
      lagEvents.set({ projection }, lag_events);
      lagSeconds.set({ projection }, lag_seconds);
      stopped.set({ projection }, state === 'failed' ? 1 : 0);
      for (const kind of DRIFT_KINDS) {
        const own = found.find((one) => one.projection === projection && one.kind === kind);
        driftRows.set({ projection, kind }, own?.count ?? 0);
      }
    }
    const { waiting, running, failed, workers: alive, oldest_waiting_seconds } = await queue();
    for (const [state, count] of Object.entries({ waiting, running, failed })) jobs.set({ state }, count);
    workers.set(alive);
    oldestJob.set(oldest_waiting_seconds);
    for (const [status, count] of Object.entries(await messages())) messagesByStatus.set({ status }, count);
    const lag = await messageLag();
    messageLagEvents.set(lag.lag_events);
    messageLagSeconds.set(lag.lag_seconds);
    for (const [need, count] of Object.entries(await needs())) ordersWaiting.set({ need }, count);
    const last = await verification();
    for (const state of VERIFICATION_STATES) verified.set({ state }, state === last.state ? 1 : 0);
    findings.set(last.findings);
    passedAt.set(last.last_passed_at === null ? 0 : Date.parse(last.last_passed_at) / 1_000);
    lookAtWebhooks(await webhooks());
  };

  return {
    observe: ({ method, route = 'none', status, seconds }) => requests.observe({ method, route, status }, seconds),
    page: {
      path: '/metrics',
      serve: async ({ authorization }) => {
        demandToken(token, authorization);
        await look();
        return { status: 200, content: await registry.metrics(), headers: { 'Content-Type': registry.contentType } };
      },
    },
  };
};
