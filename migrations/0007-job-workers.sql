-- Worker processes that are alive: each holds the session lock `lock_key` for as long as it lives. A row whose lock is
-- free belongs to a dead process, and the jobs it held are given to the others.
create table job_workers (
  process_id uuid primary key,
  lock_key bigint not null,
  worker_ids text[] not null,
  started_at timestamptz(3) not null default now()
);

-- Where each reactor stands in the log. Moves in the transaction that enqueues its jobs. Back this table up with the log.
create table reactor_checkpoints (
  name text primary key,
  position bigint not null,
  -- The event it stopped before, and why: a bug.
  failure text,
  updated_at timestamptz(3) not null default now()
);
