create table logs (id bigint, line text);
create index logs_line on logs (line);
