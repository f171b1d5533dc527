alter publication feed set table users;
