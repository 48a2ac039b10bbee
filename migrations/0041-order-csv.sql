-- The order as a line of the CSV export, so that exporting a million is reading them. Null: made from `state` when asked.
alter table order_list add column csv text;
