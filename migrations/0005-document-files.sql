-- The bytes of every legal document: the stored bytes are the document. Not derivable; back this table up with the log.
create table document_files (
  document_id uuid primary key,
  file_name text not null,
  sha256 text not null,
  bytes bytea not null,
  created_at timestamptz(3) not null default now()
);
