-- How far each projection has come. `epoch` is raised whenever its rows are replaced as a whole: together with the
-- position it fences writers that still work on the old ones.
create table projection_checkpoints (
  name text primary key,
  version integer not null,
  epoch bigint not null default 0,
  position bigint not null default 0,
  failure json,
  updated_at timestamptz(3) not null default now()
);

-- Kept counts, moved in the same transaction as the rows they count.
create table projection_counters (
  projection text not null,
  name text not null,
  value bigint not null,
  primary key (projection, name)
) with (fillfactor = 70);

-- Typed columns are what lists filter and sort by, all cut from `state`, the folded order. Times have milliseconds, as
-- the events do: a cursor that is rounded loops. `total` is in major units, so that currencies compare.
create table order_list (
  id uuid primary key,
  revision bigint not null,
  customer_id text not null,
  status text not null,
  delivery_partner_id text,
  total numeric(18, 3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  shipped_at timestamptz(3),
  state json not null
);

-- The leading columns find and order a page, the trailing ones filter without visiting the row.
create index order_list_created on order_list (created_at, id, status, total);
create index order_list_updated on order_list (updated_at, id);
create index order_list_total on order_list (total, id);
create index order_list_customer on order_list (customer_id, created_at, id, status, total);
create index order_list_status on order_list (status, created_at, id, total);
create index order_list_status_updated on order_list (status, updated_at, id);
create index order_list_status_total on order_list (status, total, id);
create index order_list_partner on order_list (delivery_partner_id, created_at, id, status, total)
  where delivery_partner_id is not null;
create index order_list_shipped on order_list (shipped_at) where shipped_at is not null;
