-- Numbers for people. Drawn before the append, so a number may lie here that no event carries; refilled from the log,
-- so every number that an event carries lies here.
create table numbers (
  number text primary key,
  kind text not null,
  year integer not null,
  n bigint not null,
  id uuid not null
);
create index numbers_highest on numbers (kind, year, n);
create index numbers_of on numbers (id, kind);

-- The last number drawn of each series, and how many that draw took.
create table number_counters (
  kind text not null,
  year integer not null,
  last bigint not null,
  drawn bigint not null,
  primary key (kind, year)
);
