-- Shipping is charged apart now, so amount_cents misleads: it becomes subtotal_cents, in steps.
-- V11 both columns, kept equal; V12 old rows; V13 not null and readers moved; V14 the old column goes.

alter table orders
    add column subtotal_cents bigint,
    add column shipping_cents bigint not null default 0,
    add constraint orders_cents_check
        check (subtotal_cents >= 0 and shipping_cents >= 0) not valid,
    add constraint orders_subtotal_cents_not_null
        check (subtotal_cents is not null) not valid;

comment on column orders.subtotal_cents is 'The goods, tax included, without shipping.';
comment on column orders.shipping_cents is 'What the customer pays for shipping, tax included.';

-- Whichever of the two a release writes, the other follows.
create function sync_order_amount() returns trigger
    language plpgsql
as $body$
begin
    if tg_op = 'UPDATE'
        and new.amount_cents is distinct from old.amount_cents
        and new.subtotal_cents is not distinct from old.subtotal_cents
    then
        new.subtotal_cents := new.amount_cents;
    end if;
    new.subtotal_cents := coalesce(new.subtotal_cents, new.amount_cents);
    new.amount_cents := new.subtotal_cents;
    return new;
end;
$body$;

create trigger orders_sync_amount
    before insert or update on orders
    for each row execute function sync_order_amount();
