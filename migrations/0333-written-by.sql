-- In which transaction a projector wrote a row. A row whose xmin says another one was written by another program: the
-- self-check looks at these first, however many the projector writes. There is no default: what others insert has none.
do $$
declare
  name text;
begin
  foreach name in array array['projection_counters', 'order_list', 'order_search', 'order_status_history', 'document_list',
    'return_list', 'payment_list', 'numbers', 'store_credit', 'figure_orders', 'figure_sums', 'figure_customers', 'figure_customer_sums']
  loop
    execute format('alter table %I add column written_by xid8', name);
    -- Writes each row anew, so that the rows of before are of the transaction that they name.
    execute format('alter table %I alter column written_by type xid8 using pg_current_xact_id()', name);
  end loop;
end
$$;
