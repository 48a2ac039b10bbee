-- What cannot be folded again from one stream, such as the results of a bulk request, is kept as it was answered: ids and
-- refusals, no personal data.
alter table idempotency_keys add column body jsonb;
