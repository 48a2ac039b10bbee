-- What a customer orders again and again.
create table order_templates (
  id uuid primary key,
  customer_id text not null,
  name text not null,
  currency text not null,
  -- [{product_id, quantity, product_name, unit_price}], prices in minor units.
  items jsonb not null,
  created_at timestamptz(3) not null default now()
);

create index order_templates_customer on order_templates (customer_id, created_at desc);
