import type { Knex } from 'knex';
import type { Attempt } from './progress.ts';

/** One attempt, as the log has it. */
export type Delivery = Omit<Attempt, 'revision' | 'position' | 'at'> & {
  readonly id: string;
  readonly revision: string;
  readonly position: string;
  readonly at: Date;
  readonly redelivered_at: Date | null;
};

export const OUTCOMES = ['accepted', 'failed', 'parked'] as const;
export type DeliveryQuery = {
  readonly outcome: (typeof OUTCOMES)[number] | undefined;
  /** Only what was tried before this one: an id. */
  readonly before: string | undefined;
  readonly limit: number;
};

const COLUMNS = [
  ...['id', 'event_id', 'type', 'stream', 'revision', 'position', 'cause', 'outcome', 'attempt', 'status', 'reason'],
  ...['ms', 'at', 'redelivered_at'],
];
const KEPT_DAYS = 30;
const PARKED_KEPT_DAYS = 90;

/** The log of an endpoint's deliveries. */
export type Deliveries = {
  /** Newest first. */
  readonly list: (endpointId: string, query: DeliveryQuery) => Promise<readonly Delivery[]>;
  readonly find: (endpointId: string, id: string) => Promise<Delivery | undefined>;
  /** A parked event has finally been accepted. */
  readonly settle: (endpointId: string, eventId: string, at: Date) => Promise<void>;
  readonly deleteOld: () => Promise<void>;
};

export const openDeliveries = (db: Knex): Deliveries => {
  const of = (endpointId: string) =>
    db<Delivery & { endpoint_id: string }>('webhook_deliveries').where({ endpoint_id: endpointId });
  return {
    list: async (endpointId, { outcome, before, limit }) => {
      const query = of(endpointId).orderBy('id', 'desc').limit(limit);
      if (outcome !== undefined) void query.where({ outcome });
      if (before !== undefined) void query.where('id', '<', before);
      return query.select<readonly Delivery[]>(COLUMNS);
    },
    find: async (endpointId, id) => {
      const [found] = await of(endpointId).where({ id }).select<readonly Delivery[]>(COLUMNS);
      return found;
    },
    settle: async (endpointId, eventId, at) => {
      await of(endpointId)
        .where({ event_id: eventId, outcome: 'parked', redelivered_at: null })
        .update({ redelivered_at: at });
    },
    deleteOld: async () => {
      await db.raw(
        `delete from webhook_deliveries where at < now() - make_interval(days => ?)
           and (outcome <> 'parked' or at < now() - make_interval(days => ?))`,
        [KEPT_DAYS, PARKED_KEPT_DAYS],
      );
    },
  };
};
