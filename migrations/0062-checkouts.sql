-- A cart that is being ordered, from before the order is placed until the cart is empty: whoever orders the same cart
-- again gets the same order.
create table checkouts (
  customer_id text primary key,
  -- SHA-256 of what is in the cart.
  cart bytea not null,
  -- Decides the id of the order.
  command_id uuid not null,
  order_id uuid not null,
  claimed_at timestamptz(3) not null default now()
);
