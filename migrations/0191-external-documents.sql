-- Numbers of documents that another Waybill issued for orders that were imported from it. They are in no series of ours;
-- they are kept so that no number comes in twice.
create table external_documents (
  number text primary key,
  order_id uuid not null
);
