-- Where the entries of a tile begin: the position of the event before its first one. It leads from an index to an event and
-- back in a store whose positions have gaps.
alter table log_tiles add column after_position bigint;
create unique index log_tiles_after_position on log_tiles (after_position) where level = 0;
alter table log_tiles add check (level > 0 or after_position is not null);

-- The names under which heads were signed: a new one begins when an older copy of the log was restored and accepted.
create table log_epochs (
  epoch int primary key,
  origin text not null unique,
  began_at timestamptz not null
);

-- Public keys, as others are given them. Two an epoch, more after a rotation.
create table log_keys (
  vkey text primary key,
  epoch int not null references log_epochs,
  added_at timestamptz not null
);

-- Signed heads. Not derivable: what was said once is said.
create table log_heads (
  epoch int not null references log_epochs,
  size bigint not null check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  made_at timestamptz not null,
  primary key (epoch, size)
);
