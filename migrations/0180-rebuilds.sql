-- The latest rebuild of each read model: a process that takes over after a crash goes on from it.
create table projection_rebuilds (
  projection text primary key,
  state text not null check (state in ('building', 'ready', 'swapped', 'failed', 'cancelled')),
  -- Whether it is put in the live tables' place as soon as it is built.
  swaps boolean not null,
  -- Hash of the code that folds: rows of other code are not continued.
  code text not null,
  events bigint not null default 0,
  -- Of them, those that its stored rows hold.
  written_events bigint not null default 0,
  -- Where the process that works on it now began.
  resumed_at timestamptz(3) not null default now(),
  resumed_position bigint not null default 0,
  resumed_events bigint not null default 0,
  -- How far it has read. Its rows may be a little behind: their checkpoint says how far they are.
  position bigint not null default 0,
  error text,
  begun_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

-- The rows that a rebuild replaced, kept for a day in tables beside the live ones.
create table projection_kept (
  projection text primary key,
  kept_at timestamptz(3) not null default now()
);

-- What the self-check found to differ from the log and was not repaired yet.
create table projection_drift (
  projection text not null,
  scope text not null check (scope in ('row', 'counter', 'sum')),
  key text not null,
  kind text not null check (kind in ('missing', 'extra', 'different')),
  -- A stream with events of the row.
  stream text,
  found_at timestamptz(3) not null default now(),
  primary key (projection, scope, key)
);
