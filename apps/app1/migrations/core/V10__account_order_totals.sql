-- The account page and the weekly mail had two different ideas of "what you bought". This is the one.

create view account_order_totals
    with (security_invoker = true)
as
select
    account_id,
    currency,
    count(*) as order_count,
    sum(amount_cents)::bigint as total_cents,
    max(placed_at) as last_placed_at
from orders
where status <> 'cancelled'
group by account_id, currency;

comment on view account_order_totals is 'What each account bought, per currency. Cancelled orders do not count.';
