-- What `GET /payments` answers from.
create table payment_list (
  id uuid primary key,
  revision bigint not null,
  order_id uuid not null,
  customer_id text not null,
  status text not null,
  created_at timestamptz(3) not null,
  state json not null
);

create index payment_list_created on payment_list (created_at, id);
create index payment_list_customer on payment_list (customer_id, created_at, id);
create index payment_list_status on payment_list (status, created_at, id);
create index payment_list_order on payment_list (order_id, created_at, id);
