-- The back office lists the latest orders of all accounts. CONCURRENTLY: the shop keeps selling while it is built.
-- migration: no-transaction

create index concurrently orders_placed_at_idx on orders (placed_at desc);
