-- Counts how often a person set an endpoint back to an earlier position: what its worker was about to write down then no
-- longer holds. Any other change leaves the place where it is.
alter table webhook_endpoints add column rewinds integer not null default 0;
