-- Keys say what they are for: a customer's life, or the books of a year, which an erasure leaves for as long as the law does.
update data_keys set subject = 'life-' || subject;

-- Documents are sealed. Those in clear cannot be sealed here, where the master key is not known; they are of databases from
-- before any release, and go.
truncate document_files;
alter table document_files drop column bytes;
alter table document_files add column key_id uuid not null, add column sealed bytea not null;
