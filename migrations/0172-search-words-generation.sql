-- Changes whenever words are deleted, so that a writer that has written them before sends them again.
create table search_words_generation (n bigint not null);
insert into search_words_generation values (0);
