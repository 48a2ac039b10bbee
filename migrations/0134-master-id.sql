-- Which master key has wrapped a data key: during a rotation there are two. Null: from before it was noted.
alter table data_keys add column master_id text;
