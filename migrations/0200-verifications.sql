-- Verifications of the whole log, newest last. `heard_at`: when its process last said something; one that is silent for too long has
-- died. `holder`: the job that runs it.
create table verifications (
  id bigint generated always as identity primary key,
  state text not null check (state in ('running', 'passed', 'failed', 'could_not_check')),
  requested_by text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  heard_at timestamptz not null default now(),
  holder text,
  done bigint not null default 0,
  total bigint not null default 0,
  result json,
  reason text,
  check ((state = 'running') = (finished_at is null))
);
-- One at a time, in all processes together.
create unique index verifications_running on verifications (state) where state = 'running';
