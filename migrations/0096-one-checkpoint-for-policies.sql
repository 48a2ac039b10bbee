-- Policies follow the log together. They go on where the one farthest behind stood: whatever the others did since is found
-- done when it is asked for again.
insert into reactor_checkpoints (name, position)
select 'policies', min(position) from reactor_checkpoints having count(*) > 0;

delete from reactor_checkpoints where name <> 'policies';
