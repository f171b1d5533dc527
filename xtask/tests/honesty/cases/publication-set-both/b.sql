alter publication feed set table orders;
