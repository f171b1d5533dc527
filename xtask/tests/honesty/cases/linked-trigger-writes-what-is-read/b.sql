insert into totals select count(*) from log;
