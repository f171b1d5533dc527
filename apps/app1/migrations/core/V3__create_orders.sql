-- Orders and what is in them. The price is copied to the line: a later price change must not rewrite the past.

create type order_status as enum ('pending', 'paid', 'shipped', 'cancelled');

create table orders (
    id           bigint generated always as identity primary key,
    account_id   bigint not null references accounts (id),
    user_id      bigint not null references users (id),
    status       order_status not null default 'pending',
    currency     text not null default 'EUR' constraint orders_currency_check check (currency ~ '^[A-Z]{3}$'),
    amount_cents bigint not null constraint orders_amount_cents_check check (amount_cents >= 0),
    placed_at    timestamptz not null default now(),
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

comment on table orders is 'What an account bought, as one purchase.';
comment on column orders.user_id is 'Who placed it; belongs to the account.';
comment on column orders.placed_at is 'When the customer pressed the button; imported orders keep their own date.';

create index orders_account_id_idx on orders (account_id);
create index orders_user_id_idx on orders (user_id);
create index orders_open_idx on orders (placed_at) where status in ('pending', 'paid');

create trigger orders_touch_updated_at
    before update on orders
    for each row execute function touch_updated_at();

create table order_items (
    order_id         bigint not null references orders (id) on delete cascade,
    line             integer not null,
    product_id       bigint not null references products (id),
    quantity         integer not null constraint order_items_quantity_check check (quantity > 0),
    unit_price_cents bigint not null constraint order_items_unit_price_cents_check check (unit_price_cents >= 0),
    primary key (order_id, line)
);

create index order_items_product_id_idx on order_items (product_id);
