-- Orders whose units were taken before they were placed, until their stock is settled. A request that died in between
-- leaves its row, and its units go back. Back this table up with `stock_moves`.
create table stock_reservations (
  order_id uuid primary key,
  reserved_at timestamptz not null default now()
);
create index stock_reservations_reserved_at on stock_reservations (reserved_at);
