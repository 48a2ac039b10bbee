-- What customers call their templates, and where couriers are, is sealed under a key of theirs. Rows in clear go at once:
-- positions live for a day anyway, and nothing follows from a template.
truncate order_templates;
alter table order_templates drop column name;
alter table order_templates add column key_id uuid not null, add column sealed bytea not null;

truncate delivery_positions, delivery_trail;
alter table delivery_positions drop column latitude, drop column longitude;
alter table delivery_positions add column key_id uuid not null, add column sealed bytea not null;
alter table delivery_trail drop column latitude, drop column longitude;
alter table delivery_trail add column key_id uuid not null, add column sealed bytea not null;

-- The sandbox keeps only the names of its own test cards.
update sandbox_ledger set payment_token = null where payment_token not like 'tok\_%';
