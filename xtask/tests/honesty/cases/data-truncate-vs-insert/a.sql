truncate logs;
