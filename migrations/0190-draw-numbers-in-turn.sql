-- Numbers that are drawn together follow the order in which they were asked for, and no longer that of their ids: orders
-- that are brought in together are numbered in the order of their times.
create or replace function draw_numbers(wanted json) returns table (kind text, id uuid, number text)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
  with asked as materialized (
    select w.kind, w.year, w.prefix, w.id, w.turn,
      (select min(k.number) from numbers k where k.id = w.id and k.kind = w.kind) as number
    from rows from (json_to_recordset(wanted) as (kind text, year integer, prefix text, id uuid))
      with ordinality as w (kind, year, prefix, id, turn)
  ), missing as materialized (
    select a.*, row_number() over (partition by a.kind, a.year order by a.turn) as place
    from asked a where a.number is null
  ), series as (
    select m.kind, m.year, count(*) as size,
      -- The highest known number counts as well: a refill from the log adds numbers without touching the counter.
      (select coalesce(max(k.n), 0) from numbers k where k.kind = m.kind and k.year = m.year) as highest
    from missing m group by m.kind, m.year
  ), drawn as (
    -- The row of the counter is the lock, its latest `last` what counts.
    insert into number_counters as c (kind, year, last, drawn)
    select s.kind, s.year, s.highest + s.size, s.size from series s order by s.kind, s.year
    on conflict (kind, year) do update
      set last = greatest(c.last, excluded.last - excluded.drawn) + excluded.drawn, drawn = excluded.drawn
    returning c.kind, c.year, c.last - c.drawn as before
  ), added as (
    insert into numbers as t (number, kind, year, n, id)
    select n.prefix || '-' || n.year || '-' || lpad(n.n::text, greatest(6, length(n.n::text)), '0'), n.kind, n.year, n.n, n.id
    from (select m.*, d.before + m.place as n from missing m join drawn d on d.kind = m.kind and d.year = m.year) n
    returning t.kind, t.id, t.number
  )
  select a.kind, a.id, a.number from added a
  union all
  select a.kind, a.id, a.number from asked a where a.number is not null;
end
$$;
