-- What customers were told, and what they are still to be told: one row for an event and a kind. Whom, and under which
-- subject, is sealed under the customer's key. Not derivable once sent; back this table up with the log.
create table messages (
  -- Derives from the event and the kind.
  id uuid primary key,
  kind text not null,
  order_id uuid not null,
  stream text not null,
  revision bigint not null,
  position bigint not null,
  -- When the event was recorded.
  at timestamptz(3) not null,
  status text not null check (status in ('waiting', 'sent', 'written', 'failed')),
  attempts integer not null default 0,
  reason text,
  next_try_at timestamptz(3),
  key_id uuid not null,
  sealed bytea not null,
  check ((status = 'waiting') = (next_try_at is not null))
);

create index messages_newest_first on messages (position desc, id);
create index messages_of_an_order on messages (order_id);
create index messages_due on messages (next_try_at) where status = 'waiting';
create index messages_failed on messages (position) where status = 'failed';

-- Up to where in the log there are messages: one row. It begins where the policies stand, since what happened before is old.
create table message_checkpoint (position bigint not null);
insert into message_checkpoint select coalesce(min(position), 0) from reactor_checkpoints;
