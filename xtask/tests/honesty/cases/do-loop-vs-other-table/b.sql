update orders set total = total + 1;
