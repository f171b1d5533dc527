insert into totals select sum(total) from orders;
