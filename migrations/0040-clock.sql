-- Every run of the clock: when, how many orders it moved, and what it could not move. The last thousand of each task.
create table clock_runs (
  id bigint generated always as identity primary key,
  task text not null,
  started_at timestamptz(3) not null,
  -- Null: it is running, or its process died.
  finished_at timestamptz(3),
  moved integer not null default 0,
  failed integer not null default 0,
  -- [{order_id, reason}], the first of those that failed.
  failures json not null default '[]',
  -- Why the run broke off.
  reason text
);

create index clock_runs_task on clock_runs (task, id);

-- What is due is found without looking at what is not. Instants of one form sort as their text does.
create index order_list_scheduled on order_list (((state #>> '{delivery,scheduled_for}') collate "C"), id)
  where status = 'scheduled';
