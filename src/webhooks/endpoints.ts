import type { Knex } from 'knex';
import { insertOnce, type Creation } from '../platform/idempotency-keys.ts';
import { openSecrets, type SecretRow, type WebhookSecrets } from './secrets.ts';

/** A receiver of events. */
export type Endpoint = {
  readonly id: string;
  readonly url: string;
  /** Event types; `*` alone is all of them. */
  readonly types: readonly string[];
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  /** Every event up to here was accepted, is parked, or its stream is held. */
  readonly position: bigint;
  /** Counts changes by people. */
  readonly generation: number;
  readonly failing_since: Date | null;
  readonly last_accepted_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Streams that wait for an event of theirs to be accepted. */
  readonly held: number;
  /** Events that were given up and not accepted since. */
  readonly parked: number;
};

export type NewEndpoint = Pick<Endpoint, 'id' | 'url' | 'types' | 'description' | 'position'>;
export type EndpointChange = Partial<Pick<Endpoint, 'url' | 'types' | 'description' | 'enabled'>>;

/** Operations of people on endpoints. */
export type Endpoints = {
  /** Once for each id. `request_hash`: of the request that came with an Idempotency-Key. */
  readonly create: (fresh: NewEndpoint, request_hash?: string) => Promise<Creation>;
  readonly list: () => Promise<readonly Endpoint[]>;
  readonly find: (id: string) => Promise<Endpoint | undefined>;
  /** The secret that messages are signed with now. */
  readonly secretOf: (id: string) => Promise<string | undefined>;
  /** The URL, and the secrets that sign messages; the current secret first. */
  readonly recipient: (
    id: string,
  ) => Promise<{ readonly url: string; readonly secrets: readonly string[] } | undefined>;
  /** False: changed by others meanwhile, or gone. */
  readonly change: (id: string, change: EndpointChange, expected: number | undefined) => Promise<boolean>;
  readonly remove: (id: string) => Promise<void>;
  /** A fresh secret, once for each command; the one before is used beside it for so many hours. */
  readonly rotate: (id: string, commandId: string, graceHours: number) => Promise<void>;
  /** Goes back to a position, not forward: false. */
  readonly replay: (id: string, after: bigint) => Promise<boolean>;
};

type Row = Omit<Endpoint, 'position'> & { readonly position: string };

const SELECT = `
  select e.id, e.url, e.types, e.description, e.enabled, e.disabled_reason, e.position, e.generation, e.failing_since,
    e.last_accepted_at, e.created_at, e.updated_at,
    (select count(*)::int from webhook_held h where h.endpoint_id = e.id) as held,
    (select count(*)::int from webhook_deliveries d
      where d.endpoint_id = e.id and d.outcome = 'parked' and d.redelivered_at is null) as parked
  from webhook_endpoints e`;

const fromRow = ({ position, ...row }: Row): Endpoint => ({ ...row, position: BigInt(position) });

/** After any change by a person, the worker that delivers must start again. */
const BEGIN_ANEW = 'generation = generation + 1, updated_at = now()';

export const openEndpoints = (db: Knex, secrets: WebhookSecrets): Endpoints => {
  const rows = async (where: string, bindings: readonly string[]): Promise<readonly Endpoint[]> =>
    (await db.raw<{ rows: Row[] }>(`${SELECT} ${where}`, [...bindings])).rows.map(fromRow);

  return {
    create: ({ types, position, ...fresh }, request_hash) =>
      insertOnce(
        db,
        'webhook_endpoints',
        {
          ...fresh,
          types: [...types],
          position: String(position),
          secret: secrets.seal(secrets.fresh(), fresh.id),
        },
        request_hash,
      ),
    list: () => rows('order by e.created_at, e.id', []),
    find: async (id) => (await rows('where e.id::text = ?', [id]))[0],
    secretOf: async (id) => {
      const row = await db<{ id: string; secret: Buffer }>('webhook_endpoints').where({ id }).first('secret');
      return row === undefined ? undefined : secrets.open(row.secret, id);
    },
    recipient: async (id) => {
      const { rows: found } = await db.raw<{ rows: SecretRow[] }>(
        `select url, secret, previous_secret, previous_secret_until > now() as is_graceful
         from webhook_endpoints where id = ?`,
        [id],
      );
      const [row] = found;
      return row && { url: row.url, secrets: openSecrets(row, secrets, id) };
    },
    change: (id, { types, ...change }, expected) =>
      db.transaction(async (tx) => {
        const values = { ...change, ...(types !== undefined && { types: [...types] }) };
        const changed = await tx('webhook_endpoints')
          .where({ id, ...(expected !== undefined && { generation: expected }) })
          .update({
            ...values,
            ...(change.enabled !== undefined && { disabled_reason: change.enabled ? null : 'by an admin' }),
            generation: tx.raw('generation + 1'),
            updated_at: tx.fn.now(),
          });
        // Switching it on means that it works again.
        if (change.enabled === true)
          await tx('webhook_held').where({ endpoint_id: id }).update({ next_try_at: tx.fn.now(), attempts: 0 });
        return changed > 0;
      }),
    remove: async (id) => {
      await db('webhook_endpoints').where({ id }).delete();
    },
    rotate: async (id, commandId, graceHours) => {
      await db.raw(
        `update webhook_endpoints set ${BEGIN_ANEW}, previous_secret = secret, secret = ?, rotated_by = ?,
           previous_secret_until = now() + make_interval(hours => ?)
         where id = ? and rotated_by is distinct from ?`,
        [secrets.seal(secrets.fresh(), id), commandId, graceHours, id, commandId],
      );
    },
    replay: (id, after) =>
      db.transaction(async (tx) => {
        const { rows: moved } = await tx.raw<{ rows: object[] }>(
          `update webhook_endpoints set ${BEGIN_ANEW}, position = ?, rewinds = rewinds + 1
           where id = ? and position >= ? returning id`,
          [String(after), id, String(after)],
        );
        // Those are reached again; what was held before waits on.
        await tx('webhook_held').where({ endpoint_id: id }).where('position', '>', String(after)).delete();
        return moved.length > 0;
      }),
  };
};
