-- Where events are sent. Back this table up with the log. An endpoint's position is a promise: every event up to it was
-- accepted, is in the log of deliveries as parked, or its stream is held.
create table webhook_endpoints (
  id uuid primary key,
  url text not null,
  -- '*' alone: all of them.
  types text[] not null,
  description text,
  enabled boolean not null default true,
  disabled_reason text,
  -- Sealed under the master key.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz(3),
  -- The command that made the present secret: repeated, it makes no other.
  rotated_by uuid,
  position bigint not null,
  -- Counts changes, so that a worker notices that it works by old orders.
  generation integer not null default 0,
  lease_owner uuid,
  lease_until timestamptz(3),
  -- Since when nothing was accepted; null: something was, or nothing was tried.
  failing_since timestamptz(3),
  last_accepted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

-- Streams of which an event was not accepted yet: nothing later of them is sent before.
create table webhook_held (
  endpoint_id uuid not null references webhook_endpoints on delete cascade,
  stream text not null,
  -- The next event to be sent.
  revision bigint not null,
  position bigint not null,
  attempts integer not null,
  next_try_at timestamptz(3) not null,
  primary key (endpoint_id, stream)
);

-- What was tried, newest last. Pruned.
create table webhook_deliveries (
  id bigint generated always as identity primary key,
  endpoint_id uuid not null references webhook_endpoints on delete cascade,
  event_id uuid not null,
  type text not null,
  stream text not null,
  revision bigint not null,
  position bigint not null,
  cause text not null check (cause in ('event', 'redelivery', 'test')),
  outcome text not null check (outcome in ('accepted', 'failed', 'parked')),
  attempt integer not null,
  status integer,
  reason text,
  ms integer not null,
  at timestamptz(3) not null,
  -- Of a parked one: when it was accepted after all.
  redelivered_at timestamptz(3)
);
create index webhook_deliveries_newest on webhook_deliveries (endpoint_id, id desc);
create index webhook_deliveries_parked on webhook_deliveries (endpoint_id, id desc) where outcome = 'parked';
create index webhook_deliveries_oldest on webhook_deliveries (at);
