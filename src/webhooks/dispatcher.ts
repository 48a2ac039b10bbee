import type { Knex } from 'knex';
import type { EventStore } from '../event-store/port.ts';
import { sleep } from '../platform/backoff.ts';
import type { Logger } from '../platform/logging.ts';
import { openLeases, type Lease } from './leases.ts';
import { createSaveProgress, LeaseLost } from './progress.ts';
import type { WebhookSecrets } from './secrets.ts';
import type { Attempting } from './attempt.ts';
import { EndpointGone } from './deliver-new.ts';
import { runEndpoint } from './endpoint-worker.ts';

export type DeliverWebhooksOptions = Attempting & {
  readonly db: Knex;
  readonly store: EventStore;
  readonly secrets: WebhookSecrets;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How often it looks for endpoints, in milliseconds. Default 2000. */
  readonly lookEveryMs?: number;
  /** After so long without a word of its worker an endpoint is free. Milliseconds, default 10 000. */
  readonly leaseMs?: number;
};

/** New endpoints taken at one look, so that several workers share them. */
const TAKE = 4;

type Running = { readonly lease: Lease; readonly end: AbortController; readonly done: Promise<void> };

/**
 * Delivers to every endpoint that this worker can have for itself. Each runs on its own, so none delays another. Ends
 * when the signal is aborted and deliveries in progress are recorded.
 */
export const deliverWebhooks = async (options: DeliverWebhooksOptions): Promise<void> => {
  const { db, store, log, signal, lookEveryMs = 2_000, leaseMs = 10_000 } = options;
  const leases = openLeases(db, options.secrets, { leaseMs });
  const running = new Map<string, Running>();
  let renewedAt = performance.now();

  const run = async (lease: Lease, end: AbortSignal): Promise<void> => {
    try {
      const held = await leases.heldOf(lease.id);
      await runEndpoint({ ...options, store, lease, held, save: createSaveProgress(db, lease), signal: end });
    } catch (error) {
      if (error instanceof LeaseLost) log.debug({ webhook: lease.id }, 'another worker now delivers to this webhook');
      else if (error instanceof EndpointGone)
        log.warn({ webhook: lease.id }, 'a webhook answered 410 and was switched off');
      else log.warn({ err: error, webhook: lease.id }, 'delivery to a webhook was interrupted and restarts');
    }
  };

  const start = (lease: Lease): void => {
    const end = new AbortController();
    const done = run(lease, end.signal).finally(() => {
      if (running.get(lease.id)?.end === end) running.delete(lease.id);
    });
    running.set(lease.id, { lease, end, done });
  };

  /** A running worker ends before a new one for the same endpoint begins, so that no event overtakes another. */
  const stop = async (id: string): Promise<void> => {
    const one = running.get(id);
    one?.end.abort();
    await one?.done;
  };

  const look = async (): Promise<void> => {
    const now = performance.now();
    const mine = await leases.renew(TAKE);
    renewedAt = now;
    const ids = new Set(mine.map(({ id }) => id));
    for (const id of running.keys()) if (!ids.has(id)) void stop(id);
    for (const lease of mine) {
      const one = running.get(lease.id);
      if (one === undefined) start(lease);
      else if (one.lease.generation !== lease.generation) one.end.abort(); // begun anew at the next look
    }
  };

  while (!signal.aborted) {
    try {
      await look();
    } catch (error) {
      log.warn({ err: error }, 'could not look for webhooks; trying again');
      // Others may think that we are dead.
      if (performance.now() - renewedAt > leaseMs / 2) for (const { end } of running.values()) end.abort();
    }
    await sleep(lookEveryMs, signal);
  }
  await Promise.all([...running.keys()].map(stop));
  await leases.giveBack();
};
