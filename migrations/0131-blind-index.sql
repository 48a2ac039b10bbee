-- Search compares tokens (HMACs under a random key, which the master key wraps) instead of words, so that no name can be
-- read from a table. What was there in clear goes at once; the new version of the projection fills the tables from the log.
create table search_key (
  one boolean primary key default true check (one),
  wrapped bytea not null
);

drop table order_search, search_words;
delete from projection_counters where projection = 'order_search';

create table order_search (
  id uuid primary key,
  revision bigint not null,
  created_at timestamptz(3) not null,
  -- In clear: it names an order, not a person.
  number text collate "C" not null,
  -- The digits at the end of the number.
  serial bigint,
  -- Tokens of words by where they came from, so that each source can change alone.
  sources json not null,
  -- All of them, each once.
  words bigint[] not null
);

create index order_search_words on order_search using gin (words);
create index order_search_created on order_search (created_at, id);
create index order_search_number on order_search (number);
create index order_search_serial on order_search (serial);

-- Every word of the above once.
create table search_words (word bigint primary key);

-- What else a word is found by: its beginnings, itself with one letter left out, the endings of a telephone number.
create table search_terms (
  token bigint not null,
  word bigint not null,
  primary key (token, word)
);
create index search_terms_word on search_terms (word);

-- Nothing else here used it; where another application does, it stays.
do $$
begin
  drop extension if exists pg_trgm;
exception
  when others then raise notice 'pg_trgm stays: %', sqlerrm;
end
$$;

-- Numbers of payment services and carriers, by which an order is found as well.
alter table payment_list add column transaction_id text;
create index payment_list_transaction on payment_list (transaction_id) where transaction_id is not null;
alter table return_list add column tracking_number text;
create index return_list_tracking on return_list (tracking_number) where tracking_number is not null;
