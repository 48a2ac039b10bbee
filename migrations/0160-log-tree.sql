-- What was recorded of the log while it grew: the hashes of its events as a Merkle tree (RFC 6962) in tiles, and how far each
-- stream had come. None of it can be derived again: a log that was changed later would derive something else. Back it up.
create table log_tiles (
  level int not null check (level between 0 and 63),
  n bigint not null check (n >= 0),
  width int not null check (width between 1 and 256),
  -- `width` hashes of 32 bytes.
  hashes bytea not null check (octet_length(hashes) = 32 * width),
  primary key (level, n)
);
-- Hashes do not compress.
alter table log_tiles alter column hashes set storage external;

create table log_streams (
  stream text collate "C" primary key,
  -- How many events it had, and the hash of the last of them.
  length bigint not null check (length > 0),
  last_hash bytea not null check (octet_length(last_hash) = 32)
);

-- How many events were recorded, and the position of the last. `failure`: why no more can be recorded.
create table log_progress (
  one boolean primary key default true check (one),
  size bigint not null default 0,
  position bigint not null default 0,
  failure text
);
insert into log_progress default values;
