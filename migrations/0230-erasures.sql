-- Erasures of customers, as they were asked for and as far as they are. `reason` holds no personal data: it is kept.
create table erasures (
  id uuid primary key,
  customer_id text not null,
  reason text not null,
  mode text not null check (mode in ('now', 'when_settled')),
  requested_by text not null,
  requested_at timestamptz(3) not null default now(),
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  finished_at timestamptz(3),
  -- What was in the way when it was last looked at: [{kind, order_id}].
  open_business json not null default '[]',
  -- Step → when it was done, and what it found.
  steps json not null default '{}',
  -- Why it failed.
  failure text
);
-- One of a customer at a time.
create unique index erasures_in_progress on erasures (customer_id) where state in ('waiting', 'running');
create index erasures_of_a_customer on erasures (customer_id, requested_at desc);

-- Keys that processes must forget, in the order in which they were dropped: destroyed, or restricted.
create table key_drops (
  n bigint generated always as identity primary key,
  key_id uuid not null,
  subject text not null,
  dropped_at timestamptz not null default now()
);

-- Processes that hold keys in memory. `seen`: the last drop that they have acted on.
create table key_holders (
  id uuid primary key,
  name text not null,
  seen bigint not null,
  heard_at timestamptz not null default now()
);

-- Documents of an erased customer are kept under the key that they were sealed with, which seals nothing any more.
alter table data_keys add column restricted_at timestamptz(3);
-- The year of a key of documents.
alter table data_keys add column books_year smallint;
update data_keys set books_year = right(subject, 4)::smallint where subject like 'books-%';
create index data_keys_books on data_keys (books_year) where wrapped is not null and books_year is not null;
drop index data_keys_one_live_key_per_subject;
create unique index data_keys_one_live_key_per_subject on data_keys (subject) where wrapped is not null and restricted_at is null;

-- Keys that something is sealed with and that have no row: damage, never an erasure.
create table missing_keys (
  key_id uuid primary key,
  found_at timestamptz not null default now()
);

-- Since when the master key that this value opens with is the one in use.
alter table master_key_canary add column since timestamptz not null default now();
