import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { openSecrets, type SecretRow, type WebhookSecrets } from './secrets.ts';

/** A stream of which an event was not accepted yet. */
export type Held = {
  readonly stream: string;
  /** Position of the next event to send. */
  readonly revision: bigint;
  readonly position: bigint;
  /** So often that event was tried. */
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly nextTryAt: number;
};

/** An endpoint that this worker alone delivers to, for as long as it keeps renewing. */
export type Lease = {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly position: bigint;
  readonly generation: number;
  readonly rewinds: number;
  readonly isFailing: boolean;
  /** The present one first. */
  readonly secrets: readonly string[];
  readonly owner: string;
};

export type Leases = {
  /** Renews what is held and takes free ones, at most `most` more. All that this worker may deliver to now. */
  readonly renew: (most: number) => Promise<readonly Lease[]>;
  readonly giveBack: () => Promise<void>;
  readonly heldOf: (id: string) => Promise<readonly Held[]>;
};

type Row = SecretRow & {
  readonly types: readonly string[];
  readonly position: string;
  readonly generation: number;
  readonly rewinds: number;
  readonly failing_since: Date | null;
};
type HeldRow = {
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly attempts: number;
  readonly next_try_at: Date;
};

/** Times of the database alone: the clocks of workers do not matter. */
const RENEW = `
  with free as (
    select id from webhook_endpoints
    where enabled and lease_owner is distinct from :owner and (lease_until is null or lease_until < now())
    order by lease_until nulls first limit :most for update skip locked
  )
  update webhook_endpoints e set lease_owner = :owner, lease_until = now() + make_interval(secs => :seconds)
  where enabled and (lease_owner = :owner or id in (select id from free))
  returning e.id, e.url, e.types, e.position, e.generation, e.rewinds, e.failing_since, e.secret, e.previous_secret,
    e.previous_secret_until > now() as is_graceful`;

const ANY = 'select 1 from webhook_endpoints where enabled limit 1';

/** `leaseMs`: a worker that dies without a word leaves its endpoints free after so long. */
export const openLeases = (db: Knex, secrets: WebhookSecrets, { leaseMs }: { readonly leaseMs: number }): Leases => {
  const owner = randomUUID();
  const fromRow = (row: Row): Lease => ({
    id: row.id,
    url: row.url,
    types: row.types,
    position: BigInt(row.position),
    generation: row.generation,
    rewinds: row.rewinds,
    isFailing: row.failing_since !== null,
    secrets: openSecrets(row, secrets, row.id),
    owner,
  });
  return {
    renew: async (most) => {
      if ((await db.raw<{ rows: object[] }>(ANY)).rows.length === 0) return [];
      const { rows } = await db.raw<{ rows: Row[] }>(RENEW, { owner, most, seconds: leaseMs / 1_000 });
      return rows.map(fromRow);
    },
    giveBack: async () => {
      await db('webhook_endpoints').where({ lease_owner: owner }).update({ lease_until: null, lease_owner: null });
    },
    heldOf: async (id) => {
      const rows = await db<HeldRow & { endpoint_id: string }>('webhook_held').where({ endpoint_id: id }).select();
      return rows.map(({ stream, revision, position, attempts, next_try_at }) => ({
        stream,
        revision: BigInt(revision),
        position: BigInt(position),
        attempts,
        nextTryAt: next_try_at.getTime(),
      }));
    },
  };
};
