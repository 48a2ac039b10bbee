-- What lists say of an order's money, as its ledger has it. Null until the rows are rebuilt, at the next start.
alter table order_list
  add column owed numeric(18, 3),
  add column payment_status text,
  add column refund_status text,
  add column needs_resolution boolean,
  add column needs_payout boolean;

create index order_list_payment_status on order_list (payment_status, created_at, id, status, total);
-- Few orders have a refund, and very few wait for staff: these indexes stay small.
create index order_list_refund_status on order_list (refund_status, created_at, id, status, total)
  where refund_status <> 'none';
create index order_list_needs_resolution on order_list (created_at, id) where needs_resolution;
create index order_list_needs_payout on order_list (created_at, id) where needs_payout;

-- How far a return's money has got; null before it is settled.
alter table return_list add column refund_status text;
create index return_list_refund_status on return_list (refund_status, created_at, id) where refund_status is not null;
