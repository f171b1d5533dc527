-- The calendar shows a month of all projects. All tasks, not only those with a date: tenants are built side by side, and
-- concurrent builds wait for one another if the index has a WHERE or an expression (before PostgreSQL 14, always).
-- migration: no-transaction

create index concurrently tasks_due_on_idx on tasks (due_on);
