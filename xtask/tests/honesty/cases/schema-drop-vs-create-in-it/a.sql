drop schema audit;
