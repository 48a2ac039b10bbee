-- Where couriers say they are: telemetry, not audit history. Rows older than a day are deleted.
create table delivery_positions (
  order_id uuid primary key,
  -- When it was received, in milliseconds since 1970, and always above the one before: it never goes back for an order,
  -- also after its rows were deleted.
  n bigint not null,
  courier_id text not null,
  latitude double precision not null,
  longitude double precision not null,
  reported_at timestamptz(3) not null
);

-- Every position that was the newest when it came, for those who follow an order live and lost the connection.
create table delivery_trail (
  order_id uuid not null,
  n bigint not null,
  latitude double precision not null,
  longitude double precision not null,
  reported_at timestamptz(3) not null,
  primary key (order_id, n)
);
create index delivery_trail_reported on delivery_trail using brin (reported_at);
