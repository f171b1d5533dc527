-- owner: app1
--
-- Customers. Here too: touch_updated_at, which the other shared tables use.

create function touch_updated_at() returns trigger
    language plpgsql
as $body$
begin
    new.updated_at := now();
    return new;
end;
$body$;

comment on function touch_updated_at() is 'Keeps updated_at true; attach it before update, for each row.';

create type account_kind as enum ('personal', 'business');

create table accounts (
    id         bigint generated always as identity primary key,
    kind       account_kind not null default 'personal',
    name       text not null,
    country    text not null,
    tax_number text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint accounts_country_check check (country ~ '^[A-Z]{2}$'),
    constraint accounts_tax_number_check check (kind = 'business' or tax_number is null)
);

comment on table accounts is 'A customer: a person or a company. Orders and invoices belong to an account.';
comment on column accounts.country is 'ISO 3166-1 alpha-2; decides the tax rate.';
comment on column accounts.tax_number is 'VAT number of a business; null for a person.';

create trigger accounts_touch_updated_at
    before update on accounts
    for each row execute function touch_updated_at();
