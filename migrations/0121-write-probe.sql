-- Whether the database takes writes. The row is written again and again, which shows a read-only server and a log that
-- cannot grow; the rows that are counted do not fit into memory and need room on the disk for a moment, which shows a full
-- disk before an order fails on it.
create table write_probe (
  only_row boolean primary key default true check (only_row),
  at timestamptz(3) not null default now()
);
insert into write_probe default values;

create function probe_writes() returns void language plpgsql
set work_mem = '64kB'
set temp_tablespaces = ''
as $$
begin
  perform count(*) from generate_series(1, 30000);
  update write_probe set at = clock_timestamp();
end
$$;
