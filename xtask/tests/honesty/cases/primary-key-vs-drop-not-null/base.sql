create table items (id bigint not null, code text);
