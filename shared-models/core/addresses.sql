-- owner: app1
-- agreed: app1/core/V17, app2/core/V6 because a foreign key sees every row, whatever the policies
--
-- Where parcels and invoices go.

create table addresses (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references accounts (id),
    recipient   text not null,
    line1       text not null,
    line2       text,
    postal_code text not null,
    city        text not null,
    country     text not null,
    is_default  boolean not null default false,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    constraint addresses_country_check check (country ~ '^[A-Z]{2}$')
);

comment on table addresses is 'Where an account wants parcels and invoices sent.';
comment on column addresses.is_default is 'Offered first at checkout; at most one an account.';

create index addresses_account_id_idx on addresses (account_id);
create unique index addresses_default_key on addresses (account_id) where is_default;

create trigger addresses_touch_updated_at
    before update on addresses
    for each row execute function touch_updated_at();

alter table addresses enable row level security;

create policy addresses_own_account on addresses
    using (account_id = nullif(current_setting('app.account_id', true), '')::bigint);
