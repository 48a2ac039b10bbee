-- The report on the best customers adds up every customer of a year. In this order it needs neither to sort nor to hash them, and
-- reads nothing but the index. `booked` is for a report as of a day.
create index figure_sums_customers on figure_sums (currency, key, day) include (booked, ranked_by, orders)
where dimension = 'customer';
