alter domain positive add constraint above_zero check (value > 0);
