alter table things add column note varchar(10);
