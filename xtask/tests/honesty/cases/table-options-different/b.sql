alter table users set (autovacuum_enabled = false);
