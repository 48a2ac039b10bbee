-- A row of an order is written again with each of its events. To compress it takes PostgreSQL as long as all of its other work on the
-- row, so that rows of up to 4 kB are stored as they are.
alter table order_list set (toast_tuple_target = 4080);
alter table figure_orders set (toast_tuple_target = 4080);
