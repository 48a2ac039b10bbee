-- What a payment service that does not honour idempotency keys was asked, from before the call until its outcome is in
-- the log. A row without an outcome: nobody knows, and nobody asks again. Back this table up with the log.
create table gateway_asks (
  idempotency_key text primary key,
  outcome json,
  asked_at timestamptz(3) not null default now()
);
