-- Where it is sent. V9 validates the foreign key, so that no scan of orders happens under the lock taken here.

create table addresses (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references accounts (id),
    recipient   text not null,
    line1       text not null,
    line2       text,
    postal_code text not null,
    city        text not null,
    country     text not null constraint addresses_country_check check (country ~ '^[A-Z]{2}$'),
    is_default  boolean not null default false,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

comment on table addresses is 'Where an account wants parcels and invoices sent.';
comment on column addresses.is_default is 'Offered first at checkout; at most one an account.';

create index addresses_account_id_idx on addresses (account_id);
create unique index addresses_default_key on addresses (account_id) where is_default;

create trigger addresses_touch_updated_at
    before update on addresses
    for each row execute function touch_updated_at();

alter table orders
    add column shipping_address_id bigint,
    add constraint orders_shipping_address_id_fkey
        foreign key (shipping_address_id) references addresses (id) not valid;

comment on column orders.shipping_address_id is 'Null for orders from before addresses were kept.';
