create table people (id bigint);
