-- What an order is found by: its number, and the words of its customer and lines. Kept from the log like the order list;
-- personal data is in `people` and `words`, and goes when the customer's is erased.
create table order_search (
  id uuid primary key,
  revision bigint not null,
  created_at timestamptz(3) not null,
  number text collate "C" not null,
  -- The digits at the end of the number.
  serial bigint,
  people text[] collate "C" not null,
  words text[] collate "C" not null
);

create index order_search_words on order_search using gin (words);
create index order_search_created on order_search (created_at, id);
create index order_search_number on order_search (number);
create index order_search_serial on order_search (serial);

-- Every word of the above once: what is typed is compared with words, not with orders.
create table search_words (word text collate "C" primary key);

-- Comes with PostgreSQL, but not every server has or allows it: without it words are found by their beginning only.
do $$
begin
  create extension if not exists pg_trgm;
  create index search_words_trigrams on search_words using gin (word gin_trgm_ops);
exception
  when others then raise notice 'search without tolerance of typos: %', sqlerrm;
end
$$;
