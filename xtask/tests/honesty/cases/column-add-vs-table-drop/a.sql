drop table logs;
