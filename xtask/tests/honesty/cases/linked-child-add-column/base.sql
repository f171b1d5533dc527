create table things (id bigint);
create table cars (wheels integer) inherits (things);
