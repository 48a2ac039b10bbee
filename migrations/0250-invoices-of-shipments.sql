-- The shipment that an invoice is for. Null for the order's; the rows are rebuilt at the next start.
alter table document_list add column shipment_id uuid;
