-- The status that each order had at any position of the log: `statuses[n]` from position `from_positions[n]` on. A narrow row for
-- each order, so that a past status is found by reading the orders from the newest one on. `progress`: what the next status follows from.
create table order_status_history (
  id uuid primary key,
  customer_id text not null,
  created_at timestamptz not null,
  statuses text[] not null,
  from_positions bigint[] not null,
  progress json not null
) with (fillfactor = 80);
create index order_status_history_created_at on order_status_history (created_at, id);
create index order_status_history_customer on order_status_history (customer_id, created_at, id);
