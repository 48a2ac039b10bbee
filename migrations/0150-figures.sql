-- What the reports add up. One row for each order, with what its events booked on which day …
create table figure_orders (
  id uuid primary key,
  customer_id text not null,
  currency text not null,
  country text not null,
  day date not null,
  state json not null,
  bookings json not null
) with (fillfactor = 80);

-- … and the sums of these bookings, which is what reports read. `day` is the business day that an amount counts on,
-- `booked` the business day of the log on which it was known: they differ for what was imported, and where a figure
-- belongs to the day of the order. Minor units; numeric, because a sum may outgrow a bigint.
create table figure_sums (
  dimension text collate "C" not null,
  day date not null,
  currency text collate "C" not null,
  key text collate "C" not null,
  booked date not null,
  gross_sales numeric not null,
  discounts numeric not null,
  returns numeric not null,
  shipping numeric not null,
  taxes numeric not null,
  totals numeric not null,
  orders numeric not null,
  units numeric not null,
  captured numeric not null,
  refunded numeric not null,
  primary key (dimension, day, currency, key, booked)
) with (fillfactor = 70);
