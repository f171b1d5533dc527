drop view daily_usage;
