-- Requests that carry an Idempotency-Key: who holds the key now (`status` is null), or what was answered. No personal
-- data: the answer's body is folded again from (stream, revision).
create table idempotency_keys (
  -- SHA-256 over caller, route and key.
  key bytea primary key,
  -- SHA-256 over path, query and body: another request under the same key is refused.
  request bytea not null,
  claim uuid not null,
  -- A claim that outlives its request by long is void: its process is dead.
  claimed_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  status smallint,
  headers json,
  stream text,
  revision bigint
);
create index idempotency_keys_created on idempotency_keys (created_at);
