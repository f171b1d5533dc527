-- Money that went back. An order counts as refunded once all of it is.

create table refunds (
    id           bigint generated always as identity primary key,
    order_id     bigint not null references orders (id),
    amount_cents bigint not null constraint refunds_amount_cents_check check (amount_cents > 0),
    reason       text not null,
    refunded_by  bigint references users (id),
    created_at   timestamptz not null default now()
);

comment on table refunds is 'Money given back for an order, in part or in whole.';
comment on column refunds.refunded_by is 'Null when the shop did it by itself, such as for a lost parcel.';

create index refunds_order_id_idx on refunds (order_id);
create index refunds_refunded_by_idx on refunds (refunded_by) where refunded_by is not null;

create function apply_refund() returns trigger
    language plpgsql
as $body$
declare
    charged  bigint;
    refunded bigint;
begin
    -- Refunds of one order take turns, so that each sees those before it. Not FOR UPDATE: the foreign key
    -- already holds KEY SHARE, and two refunds at once would deadlock.
    select subtotal_cents + shipping_cents into charged
    from orders
    where id = new.order_id
    for no key update;

    select sum(amount_cents) into refunded
    from refunds
    where order_id = new.order_id;

    if refunded > charged then
        raise exception 'order % was charged % cents, cannot refund %', new.order_id, charged, refunded
            using errcode = 'check_violation';
    elsif refunded = charged then
        update orders set status = 'refunded' where id = new.order_id;
    end if;
    return null;
end;
$body$;

create trigger refunds_apply
    after insert on refunds
    for each row execute function apply_refund();

create or replace view account_order_totals
    with (security_invoker = true)
as
select
    account_id,
    currency,
    count(*) as order_count,
    sum(subtotal_cents + shipping_cents)::bigint as total_cents,
    max(placed_at) as last_placed_at
from orders
where status not in ('cancelled', 'refunded')
group by account_id, currency;

comment on view account_order_totals is
    'What each account bought, per currency. Cancelled and refunded orders do not count.';
