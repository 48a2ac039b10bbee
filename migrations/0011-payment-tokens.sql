-- The gateway's name of a customer's card, sealed under the customer's key, from the request until the payment has its
-- outcome. In no event, job or log. Back this table up with the log.
create table payment_tokens (
  payment_id uuid primary key,
  key_id uuid not null,
  sealed bytea not null,
  created_at timestamptz(3) not null default now()
);
