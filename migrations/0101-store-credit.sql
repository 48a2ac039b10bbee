-- In which currencies a customer has, or had, store credit. The balances are folded from their streams.
create table store_credit (
  id uuid primary key,
  customer_id text not null,
  currency text not null
);

create index store_credit_customer on store_credit (customer_id, currency);
