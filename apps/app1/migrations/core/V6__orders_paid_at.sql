-- Reports count an order in the month it was paid. The trigger covers code that does not know the column yet.

alter table orders add column paid_at timestamptz;

comment on column orders.paid_at is 'When the payment was confirmed; stays after a cancellation.';

create function stamp_order_paid_at() returns trigger
    language plpgsql
as $body$
begin
    if new.status in ('paid', 'shipped') and new.paid_at is null then
        new.paid_at := now();
    end if;
    return new;
end;
$body$;

create trigger orders_stamp_paid_at
    before insert or update of status on orders
    for each row execute function stamp_order_paid_at();
