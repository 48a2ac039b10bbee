-- Why heads of the log cannot be signed; null: they can.
alter table log_progress add column signing_failure text;
