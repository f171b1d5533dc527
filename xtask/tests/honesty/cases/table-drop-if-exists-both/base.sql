create table logs (id bigint);
