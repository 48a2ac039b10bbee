-- A credit memo belongs to a credit, of a return or not. Null until the rebuild that the new version of the list starts.
alter table document_list
  add column kind text,
  add column credit_id uuid,
  add column currency text,
  add column amount bigint;
create index document_list_credit on document_list (credit_id) where credit_id is not null;

-- Missing memos are found by the credits of orders.
drop index return_list_credited;
alter table return_list drop column credited_at;
