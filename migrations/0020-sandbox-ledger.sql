-- What the sandbox gateway was asked and did: a bank's own books, apart from the event log, to compare it with.
create table sandbox_ledger (
  idempotency_key text primary key,
  kind text not null check (kind in ('charge', 'refund')),
  payment_id uuid not null,
  refund_id uuid,
  order_id uuid not null,
  amount bigint not null,
  currency text not null,
  payment_token text,
  -- Null until it is decided: asked, but nothing done yet.
  outcome text check (outcome in ('succeeded', 'declined')),
  transaction_id text,
  reason text,
  asked integer not null default 0,
  asked_at timestamptz(3) not null default now()
);

create index sandbox_ledger_payment on sandbox_ledger (payment_id);
