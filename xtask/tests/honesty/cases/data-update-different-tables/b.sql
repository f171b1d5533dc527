update orders set total = total * 2 where id = 1;
