-- What the best customers are ranked by: a sum over a year of a million orders, which numeric is too slow for. Reports show
-- the exact sums.
alter table figure_sums add column ranked_by double precision not null
  generated always as ((gross_sales + discounts + returns + shipping + taxes)::double precision) stored;
