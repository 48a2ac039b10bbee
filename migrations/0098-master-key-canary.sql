-- Sealed with the master key at the first start: a key that does not open it is not the one that this database was sealed
-- with. One row.
create table master_key_canary (
  one boolean primary key default true check (one),
  sealed bytea not null
);
