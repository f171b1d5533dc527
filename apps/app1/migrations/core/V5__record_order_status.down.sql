-- The record of past changes is lost.

drop trigger orders_record_status on orders;
drop function record_order_status();
drop table order_status_changes;
