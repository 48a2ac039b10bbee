-- The carts of a shop without a cart service.
create table local_carts (
  customer_id text not null,
  product_id text not null,
  quantity integer not null check (quantity > 0),
  added_at timestamptz(3) not null default now(),
  primary key (customer_id, product_id)
);

-- Keys under which a cart was emptied, so that each empties one once.
create table local_cart_clearings (
  key text primary key,
  cleared_at timestamptz(3) not null default now()
);
