-- Units that are reserved for a change of an order's items are based on a revision of the order: until the order has
-- moved on, the process that settles stock leaves them. Null: reserved before placing, or given up.
alter table stock_reservations add column order_revision bigint;
