-- What `GET /returns` answers from.
create table return_list (
  id uuid primary key,
  revision bigint not null,
  order_id uuid not null,
  customer_id text not null,
  status text not null,
  reason text not null,
  created_at timestamptz(3) not null,
  -- When it was settled with anything accepted: from then on it has a credit memo.
  credited_at timestamptz(3),
  state json not null,
  money json not null
);

create index return_list_created on return_list (created_at, id);
create index return_list_customer on return_list (customer_id, created_at, id);
create index return_list_status on return_list (status, created_at, id);
create index return_list_order on return_list (order_id, created_at, id);
create index return_list_credited on return_list (credited_at) where credited_at is not null;
