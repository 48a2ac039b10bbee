-- The log. Position order is commit order: every append takes one lock that it holds until it has committed, so an event
-- can never appear behind a reader's back. `json`, not `jsonb`: what is stored is what was hashed, to the byte.
create table events (
  position bigint primary key,
  stream text collate "C" not null,
  revision bigint not null check (revision >= 0),
  id uuid not null unique,
  type text not null,
  data json not null,
  metadata json not null,
  unique (stream, revision)
);

-- Appends many batches of events to as many streams in one transaction, each with its own expected revision and its own
-- refusal. A stream may be named once. Like `append_event` it must be called as a statement of its own, outside of a transaction block: then
-- the lock is gone when the statement is, whatever has become of the client.
create function append_events(
  -- One entry per append. Expected revision: -1 for "no such stream".
  streams text[],
  expected_revisions bigint[],
  counts int[],
  -- One entry per event: the append it belongs to and its place there, both from 1.
  owners int[],
  places int[],
  ids uuid[],
  types text[],
  data json[],
  metadata json[]
)
returns table (append int, outcome text, revision bigint, "position" bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
  head bigint;
  stored int;
begin
  perform pg_advisory_xact_lock(2002874722, 1);
  -- A statement of its own: its snapshot must be younger than the lock.
  select coalesce(max(e.position), 0) into head from events e;

  return query
  with request as (
    select r.n::int as n, r.stream, r.expected, r.count
    from unnest(streams, expected_revisions, counts) with ordinality as r (stream, expected, count, n)
    where r.expected = coalesce(
      (select e.revision from events e where e.stream = r.stream order by e.revision desc limit 1), -1)
  ), granted as materialized (
    select n, stream, expected, count, (head + sum(count) over (order by n))::bigint as last_position from request
  ), inserted as (
    insert into events (position, stream, revision, id, type, data, metadata)
    select g.last_position - g.count + e.place, g.stream, g.expected + e.place, e.id, e.type, e.data, e.metadata
    from unnest(owners, places, ids, types, data, metadata) as e (owner, place, id, type, data, metadata)
    join granted g on g.n = e.owner
  )
  select n, 'stored', expected + count, last_position from granted;

  get diagnostics stored = row_count;
  if stored = cardinality(streams) then return; end if;

  -- The rest: repeated when exactly these events follow the expected revision already, else refused.
  return query
  select r.n::int, case when known.position is null then 'refused' else 'repeated' end,
    case when known.position is null then coalesce(tip.revision, -1) else r.expected + r.count end,
    known.position
  from unnest(streams, expected_revisions, counts) with ordinality as r (stream, expected, count, n)
  left join lateral (
    select e.revision, e.position from events e where e.stream = r.stream order by e.revision desc limit 1
  ) tip on true
  left join lateral (
    select max(e.position) as position
    from unnest(owners, places, ids, metadata) as i (owner, place, id, metadata)
    join events e on e.stream = r.stream and e.revision = r.expected + i.place and e.id = i.id
      -- The same event, not another one under the same id.
      and e.metadata->>'hash' is not distinct from i.metadata->>'hash'
    where i.owner = r.n
    having count(*) = r.count
  ) known on true
  -- The others have just been stored and answered: they lie beyond the old head.
  where known.position is null or known.position <= head;
end
$$;

-- The same for one event alone, at about half the cost: what a lone caller waits for. Answers with its position, or with
-- null when the stream is not where it should be; `append_events` then says what that means.
create function append_event(
  stream_name text, expected_revision bigint, event_id uuid, event_type text, event_data json, event_metadata json
)
returns bigint
language plpgsql
as $$
declare
  stored bigint;
begin
  perform pg_advisory_xact_lock(2002874722, 1);
  insert into events (position, stream, revision, id, type, data, metadata)
  select
    (select coalesce(max(e.position), 0) + 1 from events e),
    stream_name, expected_revision + 1, event_id, event_type, event_data, event_metadata
  where expected_revision = coalesce(
    (select e.revision from events e where e.stream = stream_name order by e.revision desc limit 1), -1)
  returning position into stored;
  return stored;
end
$$;

create function refuse_change_of_events() returns trigger language plpgsql as $$
begin
  raise exception 'events are never changed or removed' using errcode = 'restrict_violation';
end
$$;

create trigger events_are_immutable before update or delete or truncate on events
  for each statement execute function refuse_change_of_events();
