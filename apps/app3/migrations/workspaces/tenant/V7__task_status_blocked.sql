-- Alone in its file: a new label can be used only after the transaction that adds it (PostgreSQL 55P04).

alter type task_status add value 'blocked' after 'in_progress';
