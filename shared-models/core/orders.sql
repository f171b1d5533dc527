-- owner: app1
-- agreed: app1/core/V13, app2/core/V1 because what V13 drops is a check, and no key
--
-- Purchases. Their items, refunds and recorded status changes are app1's own.

create type order_status as enum ('pending', 'paid', 'shipped', 'refunded', 'cancelled');

create table orders (
    id                  bigint generated always as identity primary key,
    account_id          bigint not null references accounts (id),
    user_id             bigint not null references users (id),
    status              order_status not null default 'pending',
    currency            text not null default 'EUR',
    placed_at           timestamptz not null default now(),
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    shipping_address_id bigint references addresses (id),
    paid_at             timestamptz,
    subtotal_cents      bigint not null,
    shipping_cents      bigint not null default 0,
    constraint orders_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint orders_paid_at_check check (status in ('pending', 'cancelled') or paid_at is not null),
    constraint orders_cents_check check (subtotal_cents >= 0 and shipping_cents >= 0)
);

comment on table orders is 'What an account bought, as one purchase.';
comment on column orders.user_id is 'Who placed it; belongs to the account.';
comment on column orders.placed_at is 'When the customer pressed the button; imported orders keep their own date.';
comment on column orders.shipping_address_id is 'Null for orders from before addresses were kept.';
comment on column orders.paid_at is 'When the payment was confirmed; stays after a cancellation.';
comment on column orders.subtotal_cents is 'The goods, tax included, without shipping.';
comment on column orders.shipping_cents is 'What the customer pays for shipping, tax included.';

create index orders_account_id_idx on orders (account_id);
create index orders_user_id_idx on orders (user_id);
create index orders_open_idx on orders (placed_at) where status in ('pending', 'paid');
create index orders_placed_at_idx on orders (placed_at desc);

create trigger orders_touch_updated_at
    before update on orders
    for each row execute function touch_updated_at();

create function record_order_status() returns trigger
    language plpgsql
as $body$
begin
    if tg_op = 'INSERT' then
        insert into order_status_changes (order_id, to_status)
        values (new.id, new.status);
    elsif new.status is distinct from old.status then
        insert into order_status_changes (order_id, from_status, to_status)
        values (new.id, old.status, new.status);
    end if;
    return null;
end;
$body$;

create trigger orders_record_status
    after insert or update of status on orders
    for each row execute function record_order_status();

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

alter table orders enable row level security;

create policy orders_own_account on orders
    using (account_id = nullif(current_setting('app.account_id', true), '')::bigint);
