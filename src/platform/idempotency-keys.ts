import type { Knex } from 'knex';
import { randomUUID } from 'node:crypto';

/** Where in a stream an answer stands. */
type StreamRef = { readonly stream: string; readonly revision: bigint };

/** Which key, and which request came with it. */
export type KeyedRequest = {
  /** SHA-256 of caller, route and key. */
  readonly key: Buffer;
  /** SHA-256 of path, query and body. */
  readonly request: Buffer;
};

export type Claim = KeyedRequest & { readonly claim: string };

/** An answer that was given: enough to give it again. */
export type KeptAnswer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly place: StreamRef | undefined;
  /** The body itself, where it cannot be made again from a stream. */
  readonly body?: unknown;
};

export type ClaimResult =
  | { readonly is: 'claimed'; readonly claim: Claim }
  | { readonly is: 'answered'; readonly answer: KeptAnswer }
  | { readonly is: 'other_request' }
  /** `ms` until the claim is void, should its process be dead. */
  | { readonly is: 'in_flight'; readonly ms: number };

/** Keys of requests that may be repeated, shared by all API processes. */
export type KeyStore = {
  readonly claim: (request: KeyedRequest) => Promise<ClaimResult>;
  /** The request still runs: its claim lasts on. */
  readonly renew: (claim: Claim) => Promise<void>;
  /** The request has been answered. */
  readonly finish: (claim: Claim, answer: KeptAnswer) => Promise<void>;
  /** The request was rejected and changed nothing: the key counts as unused. */
  readonly free: (claim: Claim) => Promise<void>;
  /** The outcome is unknown: the same request may try again at once, another may not. */
  readonly handBack: (claim: Claim) => Promise<void>;
  /** Forgets what is past its hours. Answers how many. */
  readonly deleteExpired: () => Promise<number>;
};

/** The outcome of writing a row whose id an `Idempotency-Key` decides. `repeated`: the same request created it before. */
export type Creation = 'created' | 'repeated' | 'other_request';

/** Inserts a row once for each id. The row remembers its request for longer than keys are kept. */
export const insertOnce = async (
  db: Knex,
  table: string,
  row: Readonly<Record<string, unknown>> & { readonly id: string },
  request_hash: string | undefined,
): Promise<Creation> => {
  const inserted: unknown[] = await db(table)
    .insert({ ...row, request_hash: request_hash ?? null })
    .onConflict('id')
    .ignore()
    .returning('id');
  if (inserted.length > 0) return 'created';
  const found = await db<{ id: string; request_hash: string | null }>(table).where('id', row.id).first('request_hash');
  const before = found?.request_hash ?? undefined;
  return before === undefined || before === request_hash ? 'repeated' : 'other_request';
};

type Row = {
  readonly request: Buffer;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly stream: string | null;
  readonly revision: string | null;
  readonly body: unknown;
  readonly ms: number;
};

/** A dead process holds up the same request for this long. If two still overlap, the event store recognises the second. */
const CLAIM_SECONDS = 3;

const claimSql = (hours: number): string => `
  insert into idempotency_keys as kept (key, request, claim) values (?, ?, ?)
  on conflict (key) do update
    set request = excluded.request, claim = excluded.claim, claimed_at = now(), created_at = now(),
      status = null, headers = null, stream = null, revision = null, body = null
    where kept.created_at < now() - interval '${hours} hours'
      or (kept.status is null and kept.request = excluded.request
        and kept.claimed_at < now() - interval '${CLAIM_SECONDS} seconds')
  returning 1 as claimed`;

const READ = `
  select request, status, headers, stream, revision, body,
    greatest(0, extract(epoch from claimed_at + interval '${CLAIM_SECONDS} seconds' - now()) * 1000)::float8 as ms
  from idempotency_keys where key = ?`;

const toAnswer = ({ headers, stream, revision, body }: Row, status: number): KeptAnswer => ({
  status,
  headers: headers ?? {},
  body,
  place: stream === null || revision === null ? undefined : { stream, revision: BigInt(revision) },
});

const read = (row: Row, { request }: KeyedRequest): ClaimResult => {
  if (!row.request.equals(request)) return { is: 'other_request' };
  return row.status === null ? { is: 'in_flight', ms: row.ms } : { is: 'answered', answer: toAnswer(row, row.status) };
};

export type KeyStoreOptions = {
  readonly db: Knex;
  /** How long an answer is kept. */
  readonly hours: number;
};

export const createKeyStore = ({ db, hours }: KeyStoreOptions): KeyStore => {
  const take = claimSql(hours);
  const own = ({ key, claim }: Claim) => db('idempotency_keys').where({ key, claim });
  return {
    claim: async (keyed) => {
      const claim = randomUUID();
      const taken = await db.raw<{ rows: unknown[] }>(take, [keyed.key, keyed.request, claim]);
      if (taken.rows.length > 0) return { is: 'claimed', claim: { ...keyed, claim } };
      const { rows } = await db.raw<{ rows: Row[] }>(READ, [keyed.key]);
      // Gone between the two statements: it was freed, and the next try takes it.
      return rows[0] === undefined ? { is: 'in_flight', ms: 0 } : read(rows[0], keyed);
    },
    renew: async (claim) => {
      await own(claim).whereNull('status').update({ claimed_at: db.fn.now() });
    },
    finish: async (claim, { status, headers, place, body }) => {
      const { stream = null, revision = null } = place ?? {};
      const kept = {
        status,
        headers: JSON.stringify(headers),
        stream,
        revision: revision?.toString() ?? null,
        body: body === undefined ? null : JSON.stringify(body),
      };
      await own(claim).update(kept);
    },
    free: async (claim) => {
      await own(claim).delete();
    },
    handBack: async (claim) => {
      await own(claim).update({ claimed_at: new Date(0) });
    },
    deleteExpired: () =>
      db('idempotency_keys').whereRaw('created_at < now() - make_interval(hours => ?)', [hours]).delete(),
  };
};
