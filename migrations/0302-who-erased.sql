-- In which role an erasure was asked for: until now only admins could, and the clock, whose erasures are done at once.
alter table erasures add column requested_role text not null default 'admin';
alter table erasures alter column requested_role drop default;
