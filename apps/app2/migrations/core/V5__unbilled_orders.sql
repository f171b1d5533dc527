-- The work list of the nightly run. It needs subtotal_cents of every order, and V12 is what fills the old ones.
-- migration: requires app1/core/V12

create view unbilled_orders
    with (security_invoker = true)
as
select
    orders.id as order_id,
    orders.account_id,
    orders.currency,
    orders.subtotal_cents + orders.shipping_cents as total_cents,
    orders.paid_at
from orders
where orders.status in ('paid', 'shipped')
    and not exists (
        select from invoices
        where invoices.order_id = orders.id
            and invoices.status <> 'void'
    );

comment on view unbilled_orders is 'Orders that were paid and have no invoice yet.';
