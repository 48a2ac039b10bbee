-- Whether an order is held. Null until the rows are rebuilt, at the next start.
alter table order_list add column held boolean;
create index order_list_held on order_list (created_at, id) where held;
