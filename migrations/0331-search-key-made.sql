-- That the key of the search index was made. Without its row in search_key, what was written with it is found by nothing: no
-- other key is then made by itself. Back it up with search_key.
create table search_key_made (one boolean primary key default true check (one));
insert into search_key_made (one)
select true where exists (select from search_key) or exists (select from search_words);
