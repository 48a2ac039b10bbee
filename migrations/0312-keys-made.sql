-- The newest key that was made for each subject. A key whose row in data_keys is gone is damage: as long as it is, no other is
-- made for the same subject, so that the row can be restored. Back it up with data_keys.
create table keys_made (
  subject text primary key,
  key_id uuid not null
);
insert into keys_made (subject, key_id)
select distinct on (subject) subject, id from data_keys order by subject, created_at desc, id desc;
