-- Keys of services. The key itself is shown once and kept nowhere: SHA-256 of 256 random bits needs no salt.
create table api_keys (
  id text primary key,
  name text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  hash bytea not null,
  created_at timestamptz(3) not null default now(),
  -- Null: never.
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);
