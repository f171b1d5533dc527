drop policy addresses_own_account on addresses;
drop policy order_items_own_account on order_items;
drop policy orders_own_account on orders;

alter table addresses disable row level security;
alter table order_items disable row level security;
alter table orders disable row level security;
