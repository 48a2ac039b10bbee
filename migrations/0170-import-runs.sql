-- How far each import of a file has got: it is found again by whose orders they are and by the content of the file.
create table import_runs (
  source text not null,
  file_sha256 text not null,
  -- Orders of the file, in its order, that need not be looked at again.
  orders_done bigint not null check (orders_done >= 0),
  updated_at timestamptz not null default now(),
  primary key (source, file_sha256)
);
