-- migration: no-transaction

drop index concurrently orders_placed_at_idx;
