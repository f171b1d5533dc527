-- The last release that wrote amount_cents is gone from every server.

drop trigger orders_sync_amount on orders;
drop function sync_order_amount();
alter table orders drop column amount_cents;
