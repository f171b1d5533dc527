set search_path = audit, public;
create table events (id bigint);
