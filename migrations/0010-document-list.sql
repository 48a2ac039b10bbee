-- What `GET /invoices` answers from.
create table document_list (
  id uuid primary key,
  document_type text not null,
  customer_id text not null,
  order_id uuid not null,
  return_id uuid,
  number text,
  file_name text,
  size integer,
  sha256 text,
  requested_at timestamptz(3) not null
);

create index document_list_requested on document_list (requested_at, id);
create index document_list_order on document_list (order_id);
create index document_list_return on document_list (return_id) where return_id is not null;
create index document_list_customer on document_list (customer_id, requested_at, id);
create unique index document_list_number on document_list (number) where number is not null;
