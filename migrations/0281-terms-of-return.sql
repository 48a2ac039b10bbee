-- Terms of return of a product: null days are the shop's RETURN_WINDOW_DAYS.
alter table local_products
  add column return_window_days integer check (return_window_days between 0 and 3650),
  add column returnable boolean not null default true;
