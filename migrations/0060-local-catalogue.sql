-- The catalogue of a shop without a product service. Empty: there is none, and nothing is checked against it.
create table local_products (
  product_id text primary key,
  name text,
  sku text,
  description text,
  -- Minor units.
  unit_price bigint not null check (unit_price > 0),
  currency text not null,
  -- Null: nobody counts.
  stock bigint check (stock >= 0),
  is_sold boolean not null default true,
  updated_at timestamptz(3) not null default now()
);

-- What was changed under which key, so that it is changed once.
create table local_stock_changes (
  key text primary key,
  product_id text not null,
  change bigint not null,
  outcome text not null check (outcome in ('changed', 'refused', 'unknown_product')),
  changed_at timestamptz(3) not null default now()
);
