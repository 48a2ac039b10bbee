-- One random key per customer seals the personal data of their events. Destroying it (wrapped = null) erases that
-- data everywhere, history and totals intact. Back this table up with the log.
create table data_keys (
  id uuid primary key,
  subject text not null,
  wrapped bytea,
  created_at timestamptz(3) not null default now(),
  erased_at timestamptz(3)
);

-- A customer who comes back after an erasure gets a new key.
create unique index data_keys_one_live_key_per_subject on data_keys (subject) where wrapped is not null;
