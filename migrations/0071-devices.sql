-- Devices that a customer wants to be told on. The token is sealed under the customer's key; its hash finds it again.
create table devices (
  token_hash bytea primary key,
  customer_id text not null,
  platform text,
  key_id uuid not null,
  sealed bytea not null,
  registered_at timestamptz(3) not null default now()
);

create index devices_of_a_customer on devices (customer_id, registered_at desc);
