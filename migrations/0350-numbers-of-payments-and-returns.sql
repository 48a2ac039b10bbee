-- The self-check asks which payment or return has a number.
create index payment_list_number on payment_list ((state->>'payment_number'));
create index return_list_number on return_list ((state->>'return_number'));
