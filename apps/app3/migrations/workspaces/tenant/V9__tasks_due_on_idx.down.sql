-- migration: no-transaction

drop index concurrently tasks_due_on_idx;
