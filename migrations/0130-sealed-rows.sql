-- Lists keep personal data as their events do, sealed. What was folded in clear goes at once, and its rows with it: the new
-- versions of these lists rebuild them from the log at the next start.
truncate order_list, return_list, payment_list;
delete from projection_counters where projection in ('order_list', 'return_list', 'payment_list');

alter table order_list drop column csv;
alter table order_list add column personal json not null, add column csv text not null;
