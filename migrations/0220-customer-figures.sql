-- On which days each customer ordered, so that reports can say who came back. One row for each customer …
create table figure_customers (
  customer_id text collate "C" primary key,
  -- Each day, with the business day of the log on which it was known and an order of it, in the order of the log.
  days json not null
) with (fillfactor = 80);

-- … and what these rows add up to. `key` is what the customers of `day` had done before: the day or month of their
-- order before that one ('' if there was none), or, for cohorts, the month of their first order.
create table figure_customer_sums (
  dimension text collate "C" not null,
  key text collate "C" not null,
  day date not null,
  booked date not null,
  customers numeric not null,
  primary key (dimension, key, day, booked)
) with (fillfactor = 70);
