update events set id = id + 100;
