import type { Knex } from 'knex';
import type { Held, Lease } from './leases.ts';

/** One attempt, for the log of deliveries. */
export type Attempt = {
  readonly event_id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly cause: 'event' | 'redelivery' | 'test';
  readonly outcome: 'accepted' | 'failed' | 'parked';
  /** 1 for the first. */
  readonly attempt: number;
  /** Status of the answer; null: there was none. */
  readonly status: number | null;
  /** Why it was not accepted. */
  readonly reason: string | null;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** The outcomes of some events, written together. */
export type Progress = {
  /** Every event up to here is dealt with. Left out: as before. */
  readonly position?: bigint;
  readonly attempts: readonly Attempt[];
  readonly held: readonly Held[];
  /** Where streams go on that something was sent of, those that are held left out. */
  readonly sent?: readonly Held[];
  /** Streams of which events were left out, because their types are not wanted. */
  readonly skipped?: ReadonlySet<string>;
  readonly released: readonly string[];
  /** `failing`: nothing has been accepted for a while; `well`: something was. */
  readonly health?: 'failing' | 'well';
  /** Everything held is tried at once. */
  readonly isBack?: boolean;
  /** It asked to be sent nothing any more. */
  readonly isGone?: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/**
 * Another worker delivers there now, or a person has changed something: the endpoint is begun anew from what is
 * written.
 */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** The number of attempts kept for an endpoint, besides parked ones. */
const KEPT = 10_000;
const PRUNE_EVERY = 1_000;

const logRows = (attempts: readonly Attempt[]): string =>
  JSON.stringify(
    attempts.map(({ revision, position, at, ...attempt }) => ({
      ...attempt,
      revision: String(revision),
      position: String(position),
      at: new Date(at).toISOString(),
    })),
  );

const INSERT = `
  insert into webhook_deliveries (endpoint_id, event_id, type, stream, revision, position, cause, outcome, attempt,
    status, reason, ms, at)
  select ?, a.* from json_to_recordset(?::json) as a (event_id uuid, type text, stream text, revision bigint,
    position bigint, cause text, outcome text, attempt integer, status integer, reason text, ms integer, at timestamptz)`;

export const logAttempts = async (db: Knex, endpointId: string, attempts: readonly Attempt[]): Promise<void> => {
  if (attempts.length > 0) await db.raw(INSERT, [endpointId, logRows(attempts)]);
};

const HOLD = `
  insert into webhook_held (endpoint_id, stream, revision, position, attempts, next_try_at)
  select ?, h.* from json_to_recordset(?::json) as h (stream text, revision bigint, position bigint, attempts integer,
    next_try_at timestamptz)
  on conflict (endpoint_id, stream) do update set revision = excluded.revision, position = excluded.position,
    attempts = excluded.attempts, next_try_at = excluded.next_try_at`;

const heldRows = (held: readonly Held[]): string =>
  JSON.stringify(
    held.map(({ stream, revision, position, attempts, nextTryAt }) => ({
      stream,
      revision: String(revision),
      position: String(position),
      attempts,
      next_try_at: new Date(nextTryAt).toISOString(),
    })),
  );

const PRUNE = `
  delete from webhook_deliveries where endpoint_id = :id and outcome <> 'parked' and id < (
    select id from webhook_deliveries where endpoint_id = :id order by id desc offset :kept limit 1)`;

const endpointValues = ({ position, health, isGone, at }: Progress) => ({
  ...(position !== undefined && { position: String(position) }),
  ...(health === 'well' && { failing_since: null, last_accepted_at: new Date(at) }),
  ...(isGone === true && { enabled: false, disabled_reason: 'it answered 410 Gone' }),
});

const sameTypes = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((type) => other.includes(type));

const hold = async (tx: Knex, id: string, held: readonly Held[]): Promise<void> => {
  if (held.length > 0) await tx.raw(HOLD, [id, heldRows(held)]);
};

/**
 * Of what was sent before a person changed the endpoint, where each stream goes on: nothing is sent twice. The place of
 * the whole endpoint stays, since events may lie before it that are wanted only now; a stream in which one may lie is
 * left as it was, and what was sent of it is sent again. All is tried at once, as the change may have repaired the
 * endpoint.
 */
const saveAfterChange = async (
  tx: Knex,
  { id, owner, rewinds, types }: Lease,
  { attempts, held, sent = [], skipped = new Set(), at }: Progress,
): Promise<boolean> => {
  const found = await tx<{ id: string; lease_owner: string; rewinds: number; types: readonly string[] }>(
    'webhook_endpoints',
  )
    .where({ id, lease_owner: owner, rewinds })
    .forUpdate()
    .first('types');
  if (found === undefined) return false;
  await logAttempts(tx, id, attempts);
  const isUnsure = ({ stream }: Held): boolean => !sameTypes(found.types, types) && skipped.has(stream);
  const goingOn = [...sent, ...held].filter((one) => !isUnsure(one));
  await hold(
    tx,
    id,
    goingOn.map((one) => ({ ...one, nextTryAt: at })),
  );
  return true;
};

/**
 * Writes progress in one transaction, guarded by the lease.
 * @throws LeaseLost when the endpoint is to be begun anew: another worker has it, or a person has changed it
 */
export const createSaveProgress = (db: Knex, lease: Lease) => {
  const { id, owner, generation } = lease;
  let unpruned = PRUNE_EVERY;

  /** Returns whether this worker continues. */
  const save = (progress: Progress): Promise<'goes on' | 'changed' | 'lost'> =>
    db.transaction(async (tx) => {
      const { attempts, held, released, health, isBack, at } = progress;
      const touched = await tx('webhook_endpoints')
        .where({ id, lease_owner: owner, generation })
        .update({
          ...endpointValues(progress),
          ...(health === 'failing' && { failing_since: tx.raw('coalesce(failing_since, ?)', [new Date(at)]) }),
          lease_owner: owner,
        });
      if (touched === 0) return (await saveAfterChange(tx, lease, progress)) ? 'changed' : 'lost';
      await logAttempts(tx, id, attempts);
      await hold(tx, id, held);
      if (released.length > 0)
        await tx('webhook_held')
          .where({ endpoint_id: id })
          .whereIn('stream', [...released])
          .delete();
      if (isBack === true)
        await tx('webhook_held')
          .where({ endpoint_id: id })
          .update({ next_try_at: new Date(at) });
      unpruned += attempts.length;
      if (unpruned >= PRUNE_EVERY) {
        unpruned = 0;
        await tx.raw(PRUNE, { id, kept: KEPT });
      }
      return 'goes on';
    });

  return async (progress: Progress): Promise<void> => {
    const outcome = await save(progress);
    if (outcome === 'lost') throw new LeaseLost(`webhook ${id} is delivered to by others now`);
    if (outcome === 'changed') throw new LeaseLost(`webhook ${id} was changed and is begun anew`);
  };
};
