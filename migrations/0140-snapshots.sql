-- Folded states of long streams, so that a reader folds what came after them only. Derived, and good for the code that
-- folded them alone: rows may be deleted at any time. `state` is sealed with the data key of the stream's own events.
create table snapshots (
  stream text primary key,
  code text not null,
  revision bigint not null,
  hash text not null,
  key_id uuid not null,
  state bytea not null,
  written_at timestamptz not null default now()
);
