create table lines (id bigint primary key, price numeric, quantity integer);
