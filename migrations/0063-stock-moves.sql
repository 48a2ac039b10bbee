-- Units that an order took from the catalogue and gave back. Each is written down before the catalogue is asked, and
-- asked for under its own key until it is answered. Back this table up with the log.
create table stock_moves (
  order_id uuid not null,
  product_id text not null,
  -- 1, 2, 3 … of this order and product.
  n integer not null,
  -- Below 0: taken.
  change bigint not null,
  -- Null: asked, not answered.
  outcome text check (outcome in ('changed', 'refused', 'unknown_product')),
  asked_at timestamptz(3) not null default now(),
  primary key (order_id, product_id, n)
);
