set search_path = audit;
create table events (id bigint);
