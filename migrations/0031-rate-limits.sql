-- What callers have spent of their rate limits, where processes share them (RATE_LIMIT_STORE=postgres); the columns are
-- those of rate-limiter-flexible. Unlogged: after a crash everybody begins anew.
create unlogged table rate_limits (
  -- Class and SHA-256 of who it is: no ids of customers here.
  key varchar(255) primary key,
  points integer not null default 0,
  -- Milliseconds since 1970.
  expire bigint
);
create index rate_limits_expire on rate_limits (expire);
